# SPDX-License-Identifier: GPL-2.0-only
"""What selftests/structure reads: a source tree, what was built of it, and graphs of its files."""

import collections
import functools
import os
import pathlib
import re
import shlex
import subprocess

# folder; where its includes are found, beside the file's own folder; which other folders it knows ("*":
# all); its objects below the build folder
Area = collections.namedtuple("Area", "folder path knows objects")
Include = collections.namedtuple("Include", "line angled text target")
Function = collections.namedtuple("Function", "name first last")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
STRING_OR_COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*")|/\*.*?\*/|//[^\n]*', re.S)
SIGNATURE = re.compile(r"[^#\s}].*[^;\s]$|\s+\S.*[,)]$")


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def strip_comments(text):
    """The code, on the lines where it was."""
    return STRING_OR_COMMENT.sub(lambda match: match[1] or "\n" * match[0].count("\n"), text)


def run(command, **how):
    """Run a command; no make that it calls is a part of the make that called this."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run(command, text=True, env=environment, stdout=subprocess.PIPE, check=False, **how)


class House:
    """A source tree, and what was built of it for a kernel: release and make's words for it."""

    def __init__(self, top, build, areas, target):
        self.top = pathlib.Path(top).resolve()
        self.build = pathlib.Path(build).resolve()
        self.areas = areas
        self.target = target
        self.files = dict.fromkeys(sorted(self.walk()))

    def walk(self):
        for folder in sorted({area.folder.split("/")[0] for area in self.areas}):
            for where, _, names in os.walk(self.top / folder):
                for name in names:
                    if not name.startswith(".") and "__pycache__" not in where:
                        yield str((pathlib.Path(where) / name).relative_to(self.top))

    @functools.cache
    def area_of(self, path):
        return max((area for area in self.areas if path.startswith(area.folder + "/")),
                   key=lambda area: len(area.folder))

    def of(self, folder, *suffixes):
        """The files of an area."""
        return [path for path in self.files
                if self.area_of(path).folder == folder and path.endswith(suffixes)]

    @functools.cache
    def text(self, path):
        return (self.top / path).read_text(errors="replace")

    @functools.cache
    def code(self, path):
        return strip_comments(self.text(path))

    def find_include(self, user, text):
        """The file that the preprocessor finds; None if there is none (yet)."""
        for folder in (os.path.dirname(user),) + self.area_of(user).path:
            path = os.path.normpath(os.path.join(folder, text))
            if path in self.files:
                return path
        return None

    @functools.cache
    def includes(self, path):
        code = self.code(path)
        return [Include(line_of(code, match.start(1)), match[1] == "<", match[2],
                        None if match[1] == "<" else self.find_include(path, match[2]))
                for match in INCLUDE.finditer(code)]

    @functools.cached_property
    def header_graph(self):
        return {path: {include.target: {include.text} for include in self.includes(path) if include.target}
                for path in self.files if path.endswith((".h", ".def", ".inc"))}

    @functools.cache
    def closure(self, path):
        """A header and all of ours that it includes."""
        return {path} | reachable(self.header_graph, path)

    @functools.cache
    def functions(self, path):
        """The functions of a file in the kernel's style, with their signatures."""
        lines, found = self.code(path).split("\n"), []
        for number, line in enumerate(lines):
            if line.rstrip() != "{":
                continue
            first = number
            while first and SIGNATURE.match(lines[first - 1]):
                first -= 1
            last = next((n for n in range(number, len(lines)) if lines[n].startswith("}")), number)
            name = re.search(r"(\w+)\((?!\()", " ".join(lines[first:number]))
            if name:
                found.append(Function(name[1], first + 1, last + 1))
        return found

    def where_named(self, path, name):
        """The first place of a file, better in a function, that names a symbol: as text."""
        code, functions = self.code(path), self.functions(path)
        lines = [line_of(code, match.start()) for match in re.finditer(rf"\b{re.escape(name)}\b", code)]
        for line in lines:
            for function in functions:
                if function.first <= line <= function.last:
                    return f"{path}:{line} {function.name}()"
        return f"{path}:{lines[0]}" if lines else f"{path}, through a header,"

    @functools.cache
    def build_all(self):
        """Build what is missing, with the words of build-check, which has built most of it: what failed."""
        diff = self.build / "diff"
        make = ["make", "--no-print-directory", f"-j{os.cpu_count()}"]
        top = make + [f"BUILD={self.build}", f"KERNEL={self.target[0]}", "W=1", "C=1"]
        failed = []
        for command in (top + ["modules"], top + ["userctl"],
                        make + ["-C", "selftests/diff", f"O={diff}", f"{diff}/diff"]):
            done = run(command, cwd=self.top, stderr=subprocess.STDOUT)
            if done.returncode:
                failed += [shlex.join(command) + " failed:"] + done.stdout.splitlines()[-20:]
        return failed

    @functools.cache
    def variables(self, makefile, names):
        """The words of variables of a Makefile, without what is for a whole build."""
        folder, name = os.path.split(self.top / makefile)
        value = " ".join(f"$({name})" for name in names.split())
        done = run(["make", "-s", "--no-print-directory", "-C", folder, "-f", name, f"src={folder}", "obj=.",
                    "srctree=.", "--eval", f"tell: ; $(info {value})@:", "tell"], stderr=subprocess.DEVNULL)
        return [word for word in shlex.split(done.stdout) if not word.startswith("-M")]

    @functools.cache
    def object_of(self, path):
        """The object of a source, or None. Who asks first has them built."""
        self.build_all()
        area = self.area_of(path)
        stem = os.path.splitext(path.removeprefix(area.folder + "/"))[0]
        names = (self.build / name.format(release=self.target[0], stem=stem) for name in area.objects)
        return next((str(name) for name in names if name.exists()), None)

    @functools.cache
    def symbols(self, folder):
        """Of each source of an area that has an object: external definitions, and what it needs."""
        paths = {self.object_of(path): path for path in self.of(folder, ".c", ".S") if self.object_of(path)}
        table = {path: (set(), set()) for path in paths.values()}
        listing = run(["nm", "-A", "-g", "-P", *paths]).stdout if paths else ""
        for line in listing.splitlines():
            where, rest = line.split(": ", 1)
            name, kind = rest.split()[:2]
            # What kernels with CONFIG_CALL_PADDING put before each function
            if not name.startswith("__pfx_"):
                table[paths[where]][kind in "Uwv"].add(name)
        return table


# Graphs: {file: {file: what for}}

def reachable(graph, start):
    found, new = set(), [start]
    while new:
        for target in graph.get(new.pop(), {}):
            if target not in found:
                found.add(target)
                new.append(target)
    return found


def circles(graph):
    """The strongly connected components of more than one file, and files that reach themselves."""
    reach = {path: reachable(graph, path) for path in graph}
    return sorted({tuple(sorted(other for other in reach[path] if path in reach.get(other, ())))
                   for path in graph if path in reach[path]})


def shortest_circle(graph, start):
    ways, seen = collections.deque([[start]]), set()
    while ways:
        way = ways.popleft()
        for target in sorted(graph.get(way[-1], {})):
            if target == start:
                return way + [start]
            if target not in seen:
                seen.add(target)
                ways.append(way + [target])
    return []
