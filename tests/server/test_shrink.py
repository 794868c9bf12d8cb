"""Scripts and style sheets without comments and spare spaces do the same."""

from __future__ import annotations

import pytest

from everview.server.client_bundle.files import CLIENT
from everview.server.client_bundle.shrink import ScriptError, Token, scan, shrink, shrink_style

SCRIPTS = sorted(CLIENT.glob("*.js"))


def what_counts(source: str) -> list[Token]:
    """The tokens that an engine sees.

    A semicolon before a closing brace ends nothing; parentheses around the only parameter of an
    arrow function are a matter of taste.
    """
    tokens = [t for t in scan(source) if t.kind not in ("comment", "space", "line")]
    for at in range(len(tokens) - 1, 2, -1):
        opening, name, closing, arrow = tokens[at - 3 : at + 1]
        marks = opening.text + closing.text + arrow.text
        if marks == "()=>" and name.kind == "word":
            tokens[at - 3 : at] = [name]
    return [t for t, after in zip(tokens, [*tokens[1:], Token("", "")], strict=True)
            if (t.text, after.text) != (";", "}")]  # fmt: skip


def declared_together(tokens: list[Token], small: list[Token]) -> list[Token]:
    """``tokens`` with the declarations joined that are joined in ``small``."""
    joined: list[Token] = []
    for token in tokens:
        at = len(joined) - 1
        if (
            token.text in ("const", "let")
            and joined[-1:] == [Token("mark", ";")]
            and small[at : at + 1] == [Token("mark", ",")]
        ):
            joined[-1] = small[at]
        else:
            joined.append(token)
    return joined


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_of_the_client_keeps_every_token(path) -> None:
    source = path.read_text(encoding="utf-8")
    assert "".join(token.text for token in scan(source)) == source
    small = shrink(scan(source))
    assert what_counts(small) == declared_together(what_counts(source), what_counts(small))
    assert shrink(scan(small)) == small
    assert len(small) < len(source)


@pytest.mark.parametrize(
    ("source", "small"),
    [
        ("const a = 1; // one\nconst b = 2;", "const a=1,b=2;"),
        ("let a; let b = (1, 2); const c = 3;", "let a,b=(1,2);const c=3;"),
        ("const a = b\n  .c;\nconst { d } = a;", "const a=b.c,{d}=a;"),
        ("const f = () => {\n  const a = 1;\n};\nconst b = 2;", "const f=()=>{const a=1},b=2;"),
        ("const a = `${ b }`; const c = `${ () => { const d = 1; } }`;", "const a=`${b}`,c=`${()=>{const d=1}}`;"),
        # What the first declares is in brackets, or in one statement of its own.
        ("for (const a of b) c(a); const d = 1;", "for(const a of b)c(a);const d=1;"),
        ("for (let a = 1; ; ) b(); let c = 1;", "for(let a=1;;)b();let c=1;"),
        ("{ const a = 1; } const b = 2;", "{const a=1}const b=2;"),
        ("const a = 1; b(); const c = 2;", "const a=1;b();const c=2;"),
        ("const a = 1;\nb()\nconst c = 2;", "const a=1;b()\nconst c=2;"),
        ("export const a = 1; export const b = 2;", "export const a=1;export const b=2;"),
        ("f((a) => a, (b, c) => b, ({ d }) => d, () => 0)", "f(a=>a,(b,c)=>b,({d})=>d,()=>0)"),
        ("x = async (a) => a; return (b) => b", "x=async(a)=>a;return(b)=>b"),
        ("a /* x\n */ b", "a\nb"),
        ("x = a + +b - -c;", "x=a+ +b- -c;"),
        ("i++ + j; i + ++j", "i++ +j;i+ ++j"),
        ("const s = 'a  // b'; ", "const s='a  // b';"),
        ('"\\"  /*"', '"\\"  /*"'),
        ("`a  ${ b  +  `  ${ { c: 1 }.c }  ` }  // d`", "`a  ${b+`  ${{c:1}.c}  `}  // d`"),
        ("`\\`  ${x}`", "`\\`  ${x}`"),
        ("x = /[/\"']  \\/ /g . test( y )", "x=/[/\"']  \\/ /g.test(y)"),
        ("if (x) /  a/.test(y)", "if(x)/  a/.test(y)"),
        ("const y = (a) / b / c;", "const y=(a)/b/c;"),
        ("return /  a/ in x", "return/  a/ in x"),
        ("a = b[0] / 2 / c", "a=b[0]/2/c"),
        # Without the line break these would be one statement, or another one.
        ("a = b\n(c)", "a=b\n(c)"),
        ("a\n++b", "a\n++b"),
        ("return\nx", "return\nx"),
        ("class A {\n  b() {}\n  get c() {}\n}", "class A{b(){}\nget c(){}}"),
        ("a(\n  b,\n  c\n)\n.d", "a(b,c).d"),
        # The semicolon is all that the loop does.
        ("{ for (; next(); ); }", "{for(;next(););}"),
        ("{ f(); }", "{f()}"),
        ("case /x/: y", "case/x/:y"),
        ("a < /b/", "a< /b/"),
        ("#secret in x; typeof  x", "#secret in x;typeof x"),
    ],
)
def test_what_is_left(source: str, small: str) -> None:
    assert shrink(scan(source)) == small


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("'abc\n'", "without an end in line 1"),
        ("\n`abc", "template without an end in line 2"),
        ("x = /a\n/", "regex without an end"),
        ("{}\n/x/.test(y)", "is the slash behind a brace in line 2 a division"),
        ("f(", "( is not closed"),
    ],
)
def test_what_cannot_be_known_is_an_error(source: str, said: str) -> None:
    with pytest.raises(ScriptError) as raised:
        scan(source)
    assert said in str(raised.value)


def test_a_style_sheet_keeps_what_its_spaces_mean() -> None:
    source = """
    /* said */
    .a  .b > .c,
    .d:not(.e) { margin: 0  auto; content: " {  } "; width: calc(1px  +  2px); }
    @media (max-width: 3rem) and (hover) { p { color: red; } }
    .f :focus { order: 1 !important }
    """
    assert shrink_style(source) == (
        '.a .b>.c,.d:not(.e){margin:0 auto;content:" {  } ";width:calc(1px + 2px)}'
        "@media (max-width:3rem) and (hover){p{color:red}}.f :focus{order:1 !important}"
    )
