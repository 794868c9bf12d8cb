"""Scripts and style sheets without what only people read: comments, indentation, spare spaces.

Declarations that follow each other become one. Names stay as they are, so what an error's stack
says can be found in the sources. `scan` knows strings, templates with what is in their ``${}``, and
regular expressions; where it cannot know what a slash is, it raises rather than guess. That is all
of JavaScript that is needed, and the same tokens serve to join modules (`joining`), so
there is no library for it.

Not for: scripts of authors, which are served as they are.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class ScriptError(Exception):
    """A script of the client has a form that its server does not know. A developer's mistake."""


class Token(NamedTuple):
    """A piece of a script: its kind, one of those below, and its text.

    ``comment space line string template regex word mark``; ``head``: the ``)`` of an ``if``.
    """

    kind: str
    text: str


_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<line>\s*\n\s*)
    |(?P<space>[^\S\n]+)
    |(?P<word>[\w$\#]+)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<mark>\.\.\.|=>|\+\+|--|.)""",
    re.DOTALL | re.VERBOSE,
)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
#: Up to the end of a template, or to what is to be computed in it.
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
#: Behind these words, and behind ``if (...)``, an expression begins: a slash there is a regex's.
_BEFORE_VALUE = frozenset(
    "return typeof case in of delete void throw new else do await yield instanceof".split()
)
_HEADS = frozenset(["if", "while", "for"])
_MARKS_BEFORE_VALUE = frozenset("(,=:[!&|?{;+-*%<>~^") | {"=>", "..."}
_QUOTES = frozenset("\"'")
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
#: What one expression cannot find the end of; a quote is here if it has none in its line.
_DELIMITERS = _QUOTES | {"/", "`"}
_SPECIAL = _DELIMITERS | _OPENING | _CLOSING
#: Kinds of what an engine does not see.
QUIET = frozenset(["comment", "space", "line"])


def scan(source: str) -> list[Token]:
    """All tokens of a script, in order; joined they are the script."""
    scanner = _Scanner(source)
    while scanner.position < len(source):
        scanner.run()
    if scanner.opened:
        raise ScriptError(f"{scanner.opened[-1]} is not closed")
    return scanner.tokens


class _Scanner:
    """`scan`, between two of its tokens."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens: list[Token] = []
        #: The open brackets: "head" is the ``(`` of an ``if``, "`" the ``${`` of a template.
        self.opened: list[str] = []
        self.last = Token("mark", ";")  # what counts: no space, no comment
        self.position = 0

    def run(self) -> None:
        """Add tokens up to the next one that the one expression cannot find, and that one."""
        # This is most of what the server does at its start: no call per token that is not needed.
        tokens, opened, last = self.tokens, self.opened, self.last
        for found in _TOKEN.finditer(self.source, self.position):
            kind, text = str(found.lastgroup), found[0]
            if kind == "mark" and text in _SPECIAL:
                if text in _DELIMITERS or (text == "}" and opened[-1:] == ["`"]):
                    self.last, self.position = last, found.start()
                    if self.add_delimited(text):
                        return
                elif text in _OPENING:
                    opened.append("head" if text == "(" and last.text in _HEADS else text)
                elif text in _CLOSING and opened and opened.pop() == "head":
                    kind = "head"
            token = Token(kind, text)
            tokens.append(token)
            if kind not in QUIET:
                last = token
        self.position = len(self.source)

    def add_delimited(self, text: str) -> bool:
        """Add a template or a regular expression that begins here; False: it is a division."""
        source, position = self.source, self.position
        if text == "/":
            if not _value_begins(self.last, source, position):
                return False
            kind, found = "regex", _REGEX.match(source, position)
        else:
            kind, found = "template", _TEMPLATE.match(source, position + 1)
        if found is None or text in _QUOTES:
            kind = "string" if text in _QUOTES else kind
            raise ScriptError(f"{kind} without an end in line {_line(source, position)}")
        self.last = Token(kind, source[position : found.end()])
        self.tokens.append(self.last)
        self.position = found.end()
        if text == "}":
            self.opened.pop()
        if kind == "template" and self.last.text.endswith("${"):
            self.opened.append("`")
        return True


def _value_begins(last: Token, source: str, position: int) -> bool:
    """Whether the slash at ``position`` begins a regular expression."""
    if last.kind == "word":
        return last.text in _BEFORE_VALUE
    if last.kind == "template":
        return last.text.endswith("${")
    if last.text == "}":
        raise ScriptError(
            f"is the slash behind a brace in line {_line(source, position)} a division or a "
            "regular expression? Give the expression a name"
        )
    return last.kind == "head" or (last.kind == "mark" and last.text in _MARKS_BEFORE_VALUE)


def _line(source: str, position: int) -> int:
    return source.count("\n", 0, position) + 1


# A line that ends in one of these, or is followed by one, goes on whatever JavaScript's rules for
# missing semicolons say. (`++` and `--` are in neither, nor is what could begin a statement.)
_GOES_ON = frozenset("{;,([=&|?:<*") | {"=>", "..."}
_CONTINUES = frozenset("})],.;:?=&|")
_BEFORE_STATEMENT = frozenset("{;")
_DECLARING = frozenset(["const", "let"])


def shrink(tokens: list[Token]) -> str:
    """The script that does the same in fewer bytes."""
    parts: list[str] = []
    before = last = Token("mark", ";")
    gap = ""
    statements = _Statements()
    for token in tokens:
        kind, text = token
        if kind in QUIET:
            gap = "\n" if kind == "line" or "\n" in text else gap or " "
            continue
        gap = _needed(gap, last, token)
        is_first = gap == "\n" or last.text in _BEFORE_STATEMENT
        if gap and parts:
            parts.append(gap)
        gap = ""
        if statements.repeats(token, is_first) and last.text == ";":
            parts[-1] = ","  # one declaration says both
            before, last = last, Token("mark", ",")
            continue
        # The last semicolon of a block ends nothing, unless it is all that a loop does.
        if text == "}" and last.text == ";" and before.kind != "head":
            parts.pop()
        if text == "=>":
            _bare_parameter(parts)
        parts.append(text)
        before, last = last, token
    return "".join(parts)


class _Statements:
    """What the statements began with that are read, one for each open bracket."""

    def __init__(self) -> None:
        self.began = [""]

    def repeats(self, token: Token, is_first: bool) -> bool:
        """Take the next token; whether it begins a declaration as the one before it did."""
        text = token.text
        if token.kind == "template":
            # What is computed in a template is in brackets of its own.
            if text.startswith("}"):
                self.began.pop()
            if text.endswith("${"):
                self.began.append("")
            return False
        if text in _CLOSING:
            self.began.pop()
        elif is_first:
            was, self.began[-1] = self.began[-1], text
            if text in _DECLARING:
                return text == was
        if text in _OPENING:
            self.began.append("")
        return False


def _needed(gap: str, last: Token, token: Token) -> str:
    """What has to stay of a gap between two tokens."""
    if gap == "\n":
        return "" if last.text in _GOES_ON or token.text in _CONTINUES else gap
    return gap if gap and _touch(last, token) else ""


def _bare_parameter(parts: list[str]) -> None:
    """The only parameter of an arrow function needs no parentheses."""
    if len(parts) < 4:
        return
    before, opening, name, closing = parts[-4:]
    # Behind a word (``async``, ``return``) they stand for a space.
    if opening + closing == "()" and name.isidentifier() and not re.search(r"[\w$]\Z", before):
        parts[-3:] = [name]


def _touch(last: Token, token: Token) -> bool:
    """Whether the two would be another thing without the space between them."""
    if token.kind == "word":
        return last.kind in ("word", "regex")
    if token.kind == "regex":
        return last.text in ("/", "<")
    return last.text[-1:] == token.text[0] and token.text[0] in "+-/"


_STYLE = re.compile(
    r"""/\*.*?\*/
    |(?P<string>"[^"]*"|'[^']*')
    |\s*(?P<mark>[{};,>])\s*
    |(?<=:)\s+
    |(?P<space>\s+)""",
    re.DOTALL | re.VERBOSE,
)


def shrink_style(source: str) -> str:
    """The style sheet that says the same in fewer bytes."""

    def shorter(found: re.Match[str]) -> str:
        if found["space"]:
            return " "
        return found["string"] or found["mark"] or ""

    return _STYLE.sub(shorter, source).replace(";}", "}").strip()
