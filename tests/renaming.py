"""Ketabrah with every table and every column called by a random word: its policy files, and the data of a world.

    python -m tests.renaming build/demo/data build/renamed [SEED]

writes `expectations/` and `data/` under the second folder. Cells that name tables and columns are renamed too, those of
people stay; envelopes stay bound to the former names, which `sealedWith` tells. Undeclared tables and columns keep
their names, for those are all that is known of them, except for payloads, which share the beginning of their names.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "shared_"
# Letters of which no word for a kind of data is made.
_CONSONANTS, _VOWELS = "zvqxwj", "ou"


class Plain(yaml.CSafeDumper):
    """Writes every value out: the policy's reader knows no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  of the library
        return True


@dataclass(frozen=True)
class Renaming:
    """The new logical and physical names of tables, and of columns by table and old name."""

    tables: Mapping[str, str]
    columns: Mapping[tuple[str, str], str]
    physical_tables: Mapping[str, str]
    physical_columns: Mapping[tuple[str, str], str]
    prefix: str

    @classmethod
    def of(cls, contracts: Mapping[str, Mapping[str, Any]], shared: Collection[str], seed: int) -> Renaming:
        """Random names for the tables and columns of these ODCS documents; `shared` have one name in all tables."""
        words = _words(seed)
        prefix = f"{next(words)}_"
        places = [(table, one["name"]) for table, contract in contracts.items() for one in _properties(contract)]
        columns = {place: next(words) for place in places}
        # A rule that names columns for several tables means those of the same name.
        together = {place: min(columns[other] for other in places if other[1] == place[1]) for place in places}
        before = {table: prefix if table.startswith(PREFIX) else "" for table in contracts}
        return cls(
            {table: before[table] + next(words) for table in contracts},
            {place: together[place] if place[1] in shared else columns[place] for place in places},
            # Payloads are known by the beginning of the name that a table has in the data.
            {table: before[table] + next(words) for table in contracts},
            {place: next(words) for place in places},
            prefix,
        )

    def table(self, name: str) -> str:
        """The new name of a table; an undeclared payload keeps the end of its name."""
        return self.tables.get(name, self.prefix + name.removeprefix(PREFIX) if name.startswith(PREFIX) else name)

    def column(self, place: str) -> str:
        """The new name of `table.column`."""
        table, _, column = place.partition(".")
        return f"{self.table(table)}.{self.columns.get((table, column), column)}"

    def fact(self, name: str) -> str:
        """The name of a count, with the new name of the table that is a label of some."""
        series, *labels = name.split(":")
        return ":".join([series, *(self.table(label) if label in self.tables else label for label in labels)])

    def check(self, name: str) -> str:
        """The new id of a check."""
        rule, *place = name.split("/")
        if not place:
            return name
        table, *column = place
        return "/".join([rule, self.table(table), *(self.columns.get((table, one), one) for one in column)])

    def expectations(self, into: Path) -> None:
        """Write the policy files of the renamed company."""
        source = PROJECT / "expectations"
        shutil.copytree(source, into, ignore=shutil.ignore_patterns("suites", "contracts"))
        (into / "contracts").mkdir()
        for path in sorted((source / "contracts").glob("*.yaml")):
            contract = self._contract(_read(path))
            _write(into / "contracts" / f"{contract['schema'][0]['name']}.odcs.yaml", contract)
        _write(into / "policy.yaml", self._policy(_read(source / "policy.yaml")))
        agreements = _read(source / "agreements.yaml")
        for agreement in agreements["agreements"].values():
            table = agreement["payload"]
            agreement["columns"] = [self.columns[table, name] for name in agreement["columns"]]
            agreement["payload"] = self.table(table)
        _write(into / "agreements.yaml", agreements)

    def data(self, source: Path, into: Path) -> None:
        """Write the tables of a world under their new physical names."""
        into.mkdir(parents=True)
        for path in sorted(source.iterdir()):
            if path.suffix != ".parquet":
                shutil.copy(path, into)
                continue
            name, table = path.stem, pq.read_table(path)
            for column, change in self._cells(name):
                place = table.schema.get_field_index(column)
                table = table.set_column(place, column, _changed(table.column(place), change))
            if name == "access_events":
                table = self._accesses(table)
            # A table without a contract is known for a payload by the key of the transfer that it names.
            link = {"transfer_id": self.physical_columns["transfers", "transfer_id"]} if name not in self.tables else {}
            names = [link.get(one, self.physical_columns.get((name, one), one)) for one in table.column_names]
            table = table.rename_columns(names)
            pq.write_table(table, into / f"{self._physical(name)}.parquet")

    def _contract(self, contract: dict[str, Any]) -> dict[str, Any]:
        (entry,) = contract["schema"]
        table = entry["name"]
        entry["name"], entry["physicalName"] = self.tables[table], self.physical_tables[table]
        for extra in entry.get("customProperties", ()):
            if extra["property"] == "eventTime":
                extra["value"] = self.columns[table, extra["value"]]
        for column in entry["properties"]:
            name, extras = column["name"], column["customProperties"]
            column["name"], column["physicalName"] = self.columns[table, name], self.physical_columns[table, name]
            for relationship in column.get("relationships", ()):
                relationship["to"] = self.column(relationship["to"])
            said = {extra["property"]: extra for extra in extras}
            if "tokenOf" in said:
                origins = said["tokenOf"]["value"]
                said["tokenOf"]["value"] = (
                    [self.column(one) for one in origins] if isinstance(origins, list) else self.column(origins)
                )
            if said.get("columnRole", {}).get("value") == "field":
                members = said["vocabulary"]["value"]
                said["vocabulary"]["value"] = [{"value": one, "means": self.columns["users", one]} for one in members]
            if column["classification"] == "restricted":
                extras.append({"property": "sealedWith", "value": f"{table}.{name}"})
        return contract

    def _policy(self, policy: dict[str, Any]) -> dict[str, Any]:
        register = policy["register"]
        for entry, named in register.items():
            register[entry] = (
                [{**one, "tables": one["tables"].replace(PREFIX, self.prefix)} for one in named]
                if entry == "payloads"
                else self.tables[named]
            )
        for rule in policy["rules"].values():
            where, parameters = rule.get("where", {}), rule.get("parameters", {})
            tables = where.get("tables", [])
            if isinstance(where.get("columns"), list):
                where["columns"] = self._columns(where["columns"], tables)
            if rule["kind"] == "unlinkable":
                parameters["columns"] = self._columns(parameters["columns"], tables)
            if isinstance(tables, list):
                where["tables"] = [self.tables[table] for table in tables]
            if "keeps" in parameters:
                parameters["keeps"] = [self.tables[table] for table in parameters["keeps"]]
        return policy

    def _columns(self, names: list[str], tables: list[str]) -> list[str]:
        return list(dict.fromkeys(new for name in names for t in tables if (new := self.columns.get((t, name)))))

    def _cells(self, table: str) -> Iterator[tuple[str, Callable[[str], str]]]:
        if table == "transfers":
            yield "payload", self._physical
        if table == "export_items":
            yield "table_name", self._physical

    def _physical(self, table: str) -> str:
        return self.physical_tables.get(table, self.table(table))

    def _accesses(self, table: pa.Table) -> pa.Table:
        places = zip(table.column("table_name").to_pylist(), table.column("column_name").to_pylist(), strict=True)
        physical = self.physical_columns
        new = [(name and self._physical(name), physical.get((name, column), column)) for name, column in places]
        for n, column in enumerate(("table_name", "column_name")):
            cells = pa.array([place[n] for place in new], pa.string())
            table = table.set_column(table.schema.get_field_index(column), column, cells)
        return table


def renamed(data: Path, into: Path, seed: int) -> Renaming:
    """Write the renamed project, and a world of it, into a folder."""
    paths = sorted((PROJECT / "expectations" / "contracts").glob("*.yaml"))
    documents = [_read(path) for path in paths]
    rules = _read(PROJECT / "expectations" / "policy.yaml")["rules"].values()
    shared = {name for rule in rules for name in rule.get("parameters", {}).get("columns", ())}
    new = Renaming.of({one["schema"][0]["name"]: one for one in documents}, shared, seed)
    new.expectations(into / "expectations")
    new.data(data, into / "data")
    return new


def _words(seed: int) -> Iterator[str]:
    chance, given = random.Random(seed), set[str]()  # noqa: S311  makes names
    while True:
        word = "".join(chance.choice(letters) for letters in (_CONSONANTS, _VOWELS) * 4)
        if word not in given:
            given.add(word)
            yield word


def _properties(contract: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = contract["schema"][0]["properties"]
    return found


def _changed(column: pa.ChunkedArray, change: Callable[[str], str]) -> pa.Array:
    texts = pc.cast(column, pa.string()).to_pylist()
    return pa.array([text and change(text) for text in texts], pa.string())


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


def _write(path: Path, document: dict[str, Any]) -> None:
    text = yaml.dump(document, Dumper=Plain, allow_unicode=True, sort_keys=False, width=1000)
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    world, folder, *rest = sys.argv[1:]
    renamed(Path(world), Path(folder), int(*rest) if rest else 0)
