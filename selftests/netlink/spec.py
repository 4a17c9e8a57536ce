#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""uapi/nestor.yaml and uapi/nestor.h say the same: every number has the same name in both.

Counters and events are those of nested/machine/stats.def and events.def, too.
"""

import pathlib
import re
import sys

try:
    import yaml
except ImportError:
    print("TAP version 13\n1..0 # SKIP needs python3-yaml")
    sys.exit(4)

TOP = pathlib.Path(__file__).resolve().parents[2]
UAPI = TOP / "uapi"
MACHINE = TOP / "nested" / "machine"


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def c_enum(text, name):
    """The names of an enumeration without a value of their own beyond the first, in order."""
    body = re.search(r"enum %s \{(.*?)\}" % name, text, re.S)
    if not body:
        return None
    return [entry.split("=")[0].strip() for entry in body.group(1).split(",") if entry.strip()]


def c_name(*parts):
    return "".join(parts).replace("-", "_").upper()


def expected(spec):
    """Enumerations as the specification wants them: (name in C, entries)."""
    for space in spec["attribute-sets"]:
        prefix = space["name-prefix"]
        names = ["unspec"] + [attr["name"] for attr in space["attributes"]] + ["last", "max"]
        yield c_name(space["enum-name"]).lower(), [c_name(prefix, name) for name in names]
    operations = spec["operations"]
    names = [operation["name"] for operation in operations["list"]] + ["last", "max"]
    yield (c_name(operations["enum-name"]).lower(),
           [c_name(operations["name-prefix"], name) for name in names])
    ends = {"insn": ["nr"]}
    prefixes = {"insn": "nestor-insn-", "vmcs-flags": "nestor-vmcs-", "event-kind": "nestor-event-"}
    for definition in spec["definitions"]:
        name = definition["name"]
        if definition["type"] == "const":
            continue
        entries = definition["entries"] + ends.get(name, [])
        yield c_name("nestor-", name).lower(), [c_name(prefixes[name], entry) for entry in entries]


def constants(spec, header):
    """Results for the constants: the macro has the value."""
    for definition in spec["definitions"]:
        if definition["type"] != "const":
            continue
        macro = c_name("nestor-", definition["name"])
        value = re.search(r"#define %s (\S+)" % macro, header)
        yield macro, value and int(value.group(1), 0) == definition["value"], value


def def_names(name, pattern):
    """What a .def file of nested/machine lists, as names of the specification."""
    text = strip_comments((MACHINE / name).read_text())
    return [found.replace("_", "-").lower() for found in re.findall(pattern, text)]


def counters(spec):
    """The counters that stand alone."""
    stats = next(space for space in spec["attribute-sets"] if space["name"] == "stats")
    return [attr["name"] for attr in stats["attributes"] if attr["type"] == "u64"]


def unknown_nests(spec):
    """Nested attributes and requests that name what is not there."""
    spaces = {space["name"]: [attr["name"] for attr in space["attributes"]]
              for space in spec["attribute-sets"]}
    for space in spec["attribute-sets"]:
        for attr in space["attributes"]:
            if (attr["type"] == "nest") != (attr.get("nested-attributes") in spaces):
                yield f"{space['name']}: {attr['name']}"
    for operation in spec["operations"]["list"]:
        known = spaces[operation["attribute-set"]]
        for mode in ("do", "dump"):
            for message in operation.get(mode, {}).values():
                yield from (f"{operation['name']}: {name}" for name in message["attributes"]
                            if name not in known)


def main():
    header = strip_comments((UAPI / "nestor.h").read_text())
    spec = yaml.safe_load((UAPI / "nestor.yaml").read_text())
    results = [(f"enum {name}", c_enum(header, name) == entries, c_enum(header, name))
               for name, entries in expected(spec)]
    family = re.search(r'NESTOR_GENL_NAME "(.*)"', header).group(1)
    results.append(("name of the family", family == spec["name"], family))
    results.extend(constants(spec, header))
    listed = def_names("stats.def", r"\b(?:STAT|DERIVED)\(\w+,\s*(\w+)")
    results.append(("counters of stats.def", listed == counters(spec), listed))
    listed = def_names("events.def", r"\bEVENT\((\w+)")
    kinds = next(entry for entry in spec["definitions"] if entry["name"] == "event-kind")
    results.append(("kinds of events.def", listed == kinds["entries"], listed))
    unknown = list(unknown_nests(spec))
    results.append(("names that are used are there", not unknown, unknown))

    print(f"TAP version 13\n1..{len(results)}")
    for number, (name, good, detail) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}" + ("" if good else f" # {detail}"))
    return not all(good for _, good, _ in results)


sys.exit(main())
