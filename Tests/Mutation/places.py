"""The places of a Swift file that can be written otherwise, and the file with both forms of each.

Each form has a number, and a run takes the one of `MUTANT` (Mutant.swift). What is written in never needs to know where
an operand ends, and adds no line, so that the compiler's line numbers name places.
"""

import re
from dataclasses import dataclass

COMPARED = {"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="]}
CALCULATED = {"+": "-", "-": "+", "*": "/", "/": "*", "+=": "-=", "-=": "+="}
JOINERS = {"+": "~~+", "-": "~~+", "*": "~~*", "/": "~~*", "+=": "~~=", "-=": "~~="}
CLOSERS = {")": "(", "]": "[", "}": "{"}
TOKEN = re.compile(r"[\w.$#@]+|[()\[\]{},;]|[^\s\w()\[\]{},;]+")
NUMBER = re.compile(r"(?<![\w$])(?<![^.]\.)(?:0x[\da-fA-F_]+|\d[\d_]*(?:\.\d+)?)(?:e-?\d+)?(?!\w)")
PATTERN = re.compile(r"(?:let|var|case)\b")
DECLARATION = re.compile(r"(?<!\.)\b(?:func|init|var|subscript)\b")
STATEMENT = re.compile(
    r"[ \t]*(?!return\b|throw\b|.*\b(?:let|var|func)\b)[A-Za-z_][\w.?!\[\]]*(?: [-+]?= \S.*|\(.*\))$")


@dataclass
class Place:
    file: str
    position: int
    """Where, and how many characters of the original there are `text`, with `{n}` for the first number."""
    length: int
    text: str
    """The line as each form reads."""
    forms: list[str]
    original: str
    line: int
    number: int = 0
    name: str = ""

    @property
    def is_statement(self):
        return self.text in ("if live({n}) {{ ", " }}")


def without_texts(source):
    """The source with blanks for comments and string literals, in the same places."""
    out = list(source)

    def blank(start, end):
        for i in range(start, end):
            if out[i] != "\n":
                out[i] = " "

    i = 0
    while i < len(source):
        if source.startswith("//", i):
            end = source.find("\n", i)
            blank(i, end)
        elif quote := re.compile(r'#*"""|#*"').match(source, i):
            end = end_of_string(source, i, quote[0])
            blank(i, end)
            # What remains is an operand.
            out[i] = out[end - 1] = "_"
        else:
            end = i + 1
        i = end
    return "".join(out)


def end_of_string(source, start, quote):
    hashes = quote.count("#")
    close, escape = quote.strip("#") + "#" * hashes, "\\" + "#" * hashes
    i = start + len(quote)
    while not source.startswith(close, i):
        if source.startswith(escape + "(", i):
            i = end_of_interpolation(source, i + len(escape) + 1)
        else:
            i += len(escape) + 1 if source.startswith(escape, i) else 1
    return i + len(close)


def end_of_interpolation(source, i):
    depth = 1
    while depth:
        if quote := re.compile(r'#*"""|#*"').match(source, i):
            i = end_of_string(source, i, quote[0])
            continue
        depth += {"(": 1, ")": -1}.get(source[i], 0)
        i += 1
    return i


class Finder:
    def __init__(self, file, source):
        self.file, self.source, self.code = file, source, without_texts(source)
        self.tokens = [(match.start(), match[0]) for match in TOKEN.finditer(self.code)]
        self.places = {}

    def find(self):
        for index, (position, token) in enumerate(self.tokens):
            before, after = self.code[position - 1], self.code[position + len(token) : position + len(token) + 1]
            is_infix = before.isspace() and after.isspace()
            if after == ":":
                continue
            elif token in ("if", "guard", "while"):
                self.conditions(index)
            elif token == "where":
                self.condition(index + 1)
            elif token in ("true", "false"):
                self.add(position, token, f"flipped({{n}}, {token})", ["false" if token == "true" else "true"])
            elif token in ("min", "max") and after == "(" and self.tokens[index - 1][1] != "func":
                name = "lesser" if token == "min" else "greater"
                self.add(position, token + "(", name + "({n}, ", ["max(" if token == "min" else "min("])
            elif token[0] == "!" and not before.isalnum() and after != " " and len(token) == 1:
                self.condition(index)
            elif not is_infix or self.tokens[index - 1][1] == "func":
                continue
            elif token in COMPARED:
                self.add(position, token, f"{token}~ {{n}} ~~<", COMPARED[token])
            elif token in CALCULATED:
                self.add(position, token, f"{token}~ {{n}} {JOINERS[token]}", [CALCULATED[token]])
            elif token in ("&&", "||"):
                self.condition(index + 1)
                self.condition(self.start_of_operand(index))
            elif token == "?":
                self.condition(self.start_of_operand(index))
            elif token == "??":
                self.add(position, "", "~? {n} ", ["«nil» "])
        for match in NUMBER.finditer(self.code):
            self.number(match)
        self.statements()
        return sorted(self.places.values(), key=lambda place: place.position)

    def add(self, position, old, text, news):
        start = self.source.rfind("\n", 0, position) + 1
        end = self.source.find("\n", position)
        head, tail = self.source[start:position], self.source[position + len(old) : end]
        forms = [(head + new + tail).strip() for new in news]
        line = self.source.count("\n", 0, position) + 1
        place = Place(self.file, position, len(old), text, forms, self.source[start:end].strip(), line)
        # What does not compile is remembered by it.
        place.name = f"{self.file} | {place.original} | {position - start} {text}"
        self.places.setdefault((position, len(old)), place)

    def number(self, match):
        news = [f"({match[0]} + 1)"] + ([f"({match[0]} - 1)"] if match[0].strip("0x._") else [])
        self.add(match.start(), match[0], f"nudged({{n}}, {match[0]})", news)

    def condition(self, index):
        """Before an operand that is true or false."""
        while self.tokens[index][1] in ("try", "unsafe"):
            index += 1
        self.add(self.tokens[index][0], "", "{n} ~& ", ["«true» ", "«false» "])

    def conditions(self, index):
        """Each condition of an `if`, `guard` or `while`."""
        depth, is_guard, at_start = 0, self.tokens[index][1] == "guard", True
        for i in range(index + 1, len(self.tokens)):
            position, token = self.tokens[i]
            if depth == 0 and token == ("else" if is_guard else "{"):
                return
            if at_start and PATTERN.match(token):
                self.add(position, "", "live({n}), ", ["«never» "])
            elif at_start and not token.startswith("#"):
                self.condition(i)
            depth += (token in CLOSERS.values()) - (token in CLOSERS)
            at_start = depth == 0 and token == ","

    def start_of_operand(self, index):
        """The token where the operand before an operator starts."""
        depth = 0
        for i in range(index - 1, -1, -1):
            position, token = self.tokens[i]
            if token in CLOSERS:
                depth += 1
            elif token in CLOSERS.values() and depth:
                depth -= 1
            elif depth == 0 and (token in ("(", "[", "{", ",", "&&", "||", "?", ":", "=", "->") or self.ends(i, token)):
                return i + 1
        raise ValueError(f"{self.file}: an operator without an operand")

    def ends(self, i, token):
        if token in ("return", "in", "if", "guard", "while", "where", "else", "throw", "try"):
            return True
        between = self.code[self.tokens[i][0] + len(token) : self.tokens[i + 1][0]]
        follows_on = not re.match(r"[\w(\[{]", self.tokens[i + 1][1][0]) or not re.match(r"[\w)\]}]", token[-1])
        return "\n" in between and not follows_on

    def statements(self):
        """Assignments and calls that have a line of their own, and others beside them."""
        lines, position, stack = self.code.split("\n"), 0, []
        full = [line.rstrip() for line in lines]
        for index, line in enumerate(full):
            before = next((full[i] for i in range(index - 1, -1, -1) if full[i]), "")
            after = next((full[i].strip() for i in range(index + 1, len(full)) if full[i]), "")
            is_only = before.endswith("{") and after.startswith("}") and " = " not in line
            goes_on = before.endswith((",", "=", "?", "&&", "||", "(", "[")) or not re.match(r"[\w}]", after)
            is_first = self.is_first_value(line)
            is_whole = all(line.count(opener) == line.count(closer) for closer, opener in CLOSERS.items())
            can_miss = not (is_only or goes_on or is_first or "init" in stack)
            if can_miss and is_whole and stack[-1:] == ["{"] and STATEMENT.match(line):
                start = position + len(line) - len(line.lstrip())
                self.add(start, "", "if live({n}) {{ ", ["«never» "])
                self.add(position + len(line), "", " }}", [])
            for column, character in enumerate(line):
                if character in "([{":
                    stack.append("init" if self.begins_init(position + column) else character)
                elif character in CLOSERS and stack:
                    stack.pop()
            position += len(lines[index]) + 1

    def begins_init(self, position):
        declared = [match[0] for match in DECLARATION.finditer(self.code, 0, position)]
        return self.code[position] == "{" and declared[-1:] == ["init"]

    def is_first_value(self, line):
        """Whether this gives a local constant the value that it was declared without."""
        name = re.match(r" *(\w+) = ", line)
        return name and re.search(rf" {{8}}(?:let|var) {name[1]}(?:: [^={{]*)?$", self.code, re.MULTILINE)


def rewritten(source, places):
    """The source with all forms of its places, which have their numbers."""
    out, end = [], 0
    for place in places:
        out += [source[end : place.position], place.text.format(n=place.number)]
        end = place.position + place.length
    return "".join(out) + source[end:]
