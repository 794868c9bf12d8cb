"""A function plotter: shows the curve of a formula. Formulas are parsed and never executed."""

import ast
import math
import operator

from everview import App, View
from everview.html import H1, HTML, Label, NumberInput, P, TextInput
from everview.widgets import Plot

app = App(__file__)
POINTS = 400
NAMES = {"pi": math.pi, "e": math.e}
FUNCTIONS = {name: getattr(math, name) for name in ("sin", "cos", "tan", "exp", "log", "sqrt")}
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
             ast.Div: operator.truediv, ast.USub: operator.neg, ast.UAdd: operator.pos}  # fmt: skip


@app.route("/")
class Plotter(View):
    """A field for the formula, two fields for the range, and the curve."""

    TITLE = "Function plotter"

    def handle_request(self, request):
        self.formula = TextInput("sin(x) * x", _id="formula", handle_change=self.draw)
        self.least = NumberInput(-10, _id="from", handle_change=self.draw)
        self.most = NumberInput(10, _id="to", handle_change=self.draw)
        self.problem = P(_id="problem", role="alert")
        self.plot = Plot("f(x)", label="The function", x_label="x", _id="plot")
        self.draw(None)
        return HTML(
            H1("Function plotter"),
            P(Label("f(x) =", _for="formula"), self.formula),
            P(Label("from", _for="from"), self.least, Label("to", _for="to"), self.most),
            self.problem,
            self.plot,
        )

    def draw(self, event):
        try:
            places = spread(self.least.value, self.most.value)
            tree = ast.parse(self.formula.value.replace("^", "**"), mode="eval").body
            values = [value_at(tree, place) for place in places]
        except (ValueError, SyntaxError) as error:
            self.problem.set_text(f"This cannot be drawn: {error}")
            return
        self.problem.set_text("")
        with self.plot.lock:
            self.plot.clear()
            self.plot.extend(places, values)


def spread(least, most):
    """Return values of x from ``least`` to ``most``. Raises ValueError for an empty range."""
    if least is None or most is None or least >= most:
        raise ValueError("the range is empty")
    return [least + (most - least) * number / (POINTS - 1) for number in range(POINTS)]


def value_at(node, x):
    """Return the value of a formula at ``x``, or None if it is undefined there.

    Raises ValueError if the formula is wrong.
    """
    try:
        return calculate(node, x)
    except (ArithmeticError, TypeError):
        return None  # the formula is undefined here, so the curve has a gap


def calculate(node, x):
    """Return the value of a node of the syntax tree. Raises ValueError if the formula is wrong."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id="x"):
            return x
        case ast.Name(id=name) if name in NAMES:
            return NAMES[name]
        case ast.UnaryOp(op=kind, operand=operand) if type(kind) in OPERATORS:
            return OPERATORS[type(kind)](calculate(operand, x))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return apply(math.pow, calculate(left, x), calculate(right, x))
        case ast.BinOp(left=left, op=kind, right=right) if type(kind) in OPERATORS:
            return OPERATORS[type(kind)](calculate(left, x), calculate(right, x))
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name in FUNCTIONS:
            return apply(FUNCTIONS[name], calculate(argument, x))
    raise ValueError(f"{ast.unparse(node)!r} is not understood")


def apply(function, *arguments):
    """Call a function of `math`.

    If the function raises ValueError, as ``sqrt(-1)`` does, the value is undefined.
    """
    try:
        return function(*arguments)
    except ValueError as error:
        raise ArithmeticError(str(error)) from error


if __name__ == "__main__":
    app.run()
