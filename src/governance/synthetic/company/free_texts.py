"""The texts of readers, publishers and the support desk: sentences with slots. None names a person."""

from __future__ import annotations

# Slots: {word} {other} from the locale's vocabulary; {n} a small number, {pages}, {price}, {year}, {isbn}, in Persian
# or Latin digits by turns. The word "رمز" beside numbers is an intended look-alike.
REVIEWS = (
    "کتاب «رمز {word}» {pages} صفحه است و تا آخر نفس‌گیر بود.",
    "ترجمه روان بود، فقط از صفحهٔ {pages} به بعد چند غلط تایپی دیدم.",
    "با قیمت {price} تومان ارزش خریدن دارد.",
    "نسخهٔ چاپی با شابک {isbn} هم موجود است.",
    "فصل {n} را دو بار خواندم.",
    "رمز موفقیت این کتاب سادگی آن است.",
    "{word} و {other}، همان چیزی که دنبالش بودم.",
    "از {n} کتاب این نویسنده، این یکی را بیشتر دوست داشتم.",
    "چاپ سال {year} را با این مقایسه کردم؛ ویرایش جدید بهتر است.",
    "پیشنهاد می‌کنم حتماً بخوانید.",
    "صدای گوینده خوب بود ولی {n} دقیقهٔ اول کمی کند پیش می‌رود.",
    "داستان در سال {year} می‌گذرد و پر از {word} است.",
    "برای هدیه خریدم، خیلی خوشش آمد.",
    "انتظار بیشتری داشتم؛ {pages} صفحه برای این موضوع زیاد است.",
    "قیمتش از {price} به {price2} تومان رسید، حیف شد زودتر نخریدم.",
    "امتیاز من {n} از ۱۰ است.",
    "{word} در این کتاب رمز اصلی داستان است.",
    "فایل را روی گوشی و تبلت خواندم، مشکلی نداشت.",
)
NOTES = (
    "مبلغ {price} ریال به کارت منتهی به {last4} برگشت داده شد.",
    "سفارش {order} هنوز در کتابخانهٔ کاربر دیده نمی‌شود.",
    "کد رهگیری پستی {parcel} برای نسخهٔ چاپی ثبت شد.",
    "سریال دستگاه (IMEI) {imei} است و برنامه روی آن باز نمی‌شود.",
    "شابک {isbn} را دو بار خریده، یکی لغو شد.",
    "پرداخت با کارت {mask} ناموفق بود؛ دوباره تلاش کرد.",
    "در تاریخ {date} تماس گرفت، پیگیری شد.",
    "رمز عبور را خودش بازیابی کرد، مشکل حل شد.",
    "شمارهٔ پیگیری بانک {reference} تأیید شد.",
    "کد تخفیف را در سفارش {order} وارد نکرده بود.",
    "فاکتور {price} ریالی برای سازمان صادر شد.",
    "درگاه پاسخ نداد، پس از {n} دقیقه وضعیت پرداخت به‌روز شد.",
    "کاربر درخواست بازگشت وجه داشت، به امور مالی ارجاع شد.",
)
TITLES = (
    "{word} و {other}",
    "راز {word}",
    "رمز {word}",
    "تاریخ {word} در {n} جلد",
    "{n} روز با {word}",
    "در جست‌وجوی {word}",
    "{word}؛ گزیدهٔ {year}",
    "چگونه {word} را بشناسیم",
    "سفر به {word}",
    "آخرین {word}",
)
PUBLISHERS = ("نشر {word}", "انتشارات {word}", "مؤسسهٔ {word}", "کتاب {word}")
# Messages to readers and the payment gateway: templates by name and subject, texts, and e-mails by subject and body.
NOTICES = (
    ("order-receipt", "رسید خرید شما"),
    ("sign-in-alert", "ورود تازه به حساب"),
    ("password-changed", "رمز عبور شما تغییر کرد"),
    ("library-updated", "کتاب به کتابخانهٔ شما افزوده شد"),
    ("refund-done", "وجه شما برگشت داده شد"),
)
OFFERS = (
    ("weekly-offers", "پیشنهادهای این هفته"),
    ("autumn-festival", "جشنوارهٔ پاییزی کتاب"),
    ("new-audiobooks", "کتاب‌های صوتی تازه با تخفیف"),
    ("half-price", "نیم‌بها تا پایان هفته"),
)
TEXT_MESSAGES = (
    "خرید شما ثبت شد و کتاب در کتابخانهٔ شماست.",
    "پرداخت انجام نشد؛ دوباره تلاش کنید.",
    "از دستگاه تازه‌ای به حساب شما وارد شدند.",
    "رمز عبور شما تغییر کرد. اگر کار شما نبود به پشتیبانی خبر دهید.",
    "درخواست شما به پشتیبانی رسید.",
)
E_MAILS = (
    ("رسید خرید شما", "خرید شما انجام شد. کتاب را در کتابخانهٔ خود می‌بینید. سپاس از همراهی شما."),
    ("ورود تازه به حساب", "از دستگاه تازه‌ای به حساب شما وارد شدند. اگر شما نبودید، رمز عبور را تغییر دهید."),
    ("درخواست شما رسید", "پشتیبانی درخواست شما را دید و تا دو روز دیگر پاسخ می‌دهد."),
    ("وجه شما برگشت داده شد", "وجه سفارش لغوشده برگشت داده شد و تا سه روز کاری به حساب می‌نشیند."),
)
PAYMENTS = ("خرید کتاب الکترونیکی", "خرید کتاب صوتی", "خرید چند کتاب", "افزایش اعتبار کیف پول")
# fmt: off
GIVEN = (
    "ali", "maryam", "reza", "zahra", "mohammad", "fatemeh", "hossein", "sara", "mehdi", "narges", "amir", "leila",
    "hamid", "parisa", "saeed", "nazanin", "omid", "shirin", "arash", "elham", "kaveh", "mina", "babak", "ladan",
    "farhad", "roya", "siavash", "setareh", "kian", "nasrin", "behnam", "azadeh", "pouya", "hoda",
)
FAMILY = (
    "ahmadi", "karimi", "hosseini", "rezaei", "moradi", "jafari", "rahimi", "sadeghi", "nazari", "bagheri",
    "yazdani", "kazemi", "salehi", "rostami", "amini", "ebrahimi", "shirazi", "tehrani", "akbari", "ghasemi",
    "norouzi", "parsa", "farahani", "golzar", "kamali", "sharifi", "mousavi", "heidari", "zandi", "azadi",
)
# fmt: on
MAIL_DOMAINS = ("mail.example", "post.example", "inbox.example", "payam.example", "nameh.example")
