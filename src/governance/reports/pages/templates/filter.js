for (const field of document.querySelectorAll("input[data-rows]")) {
  const rows = [...document.getElementById(field.dataset.rows).tBodies[0].rows];
  const output = field.parentElement.querySelector("output");
  const digits = text => text.replace(/[\u06f0-\u06f9]/g, digit => digit.charCodeAt(0) - 1776).toLowerCase();
  const texts = rows.map(row => digits(row.textContent));
  const filter = () => {
    const wanted = digits(field.value).trim().split(" ");
    const hits = texts.map(text => wanted.every(word => text.includes(word)));
    rows.forEach((row, number) => (row.hidden = !hits[number]));
    const number = hits.filter(Boolean).length;
    output.textContent = number.toLocaleString(document.documentElement.lang);
  };
  field.addEventListener("input", filter);
  field.parentElement.hidden = false;
}
