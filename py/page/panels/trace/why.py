"""Where a number comes from: the sum, product or function that made it, number by number."""

from panels.trace.values import cell_name, short
from ui.dom import make, on
from ui.i18n import _, number

LEAST = 1e-12  # a term below it, beside the largest, has no bar to be seen


class Why:
    """Shows the answers of the worker's trace_why in `place`.

    ask: called with (name, index) of a number that is to be explained next; go: with a moment to go to, and
    (name, index) to be explained there, or None.
    """

    def __init__(self, place, ask, go):
        self._place, self._ask, self._go = place, ask, go
        self._trail = []  # (name, index) of the numbers on the way here

    def forget(self):
        """Hide the explanation, and the way that led to it."""
        self._trail = []
        self._place.hidden = True

    def show(self, answer, how, at):
        """how: "pointed" at, "chosen" in a picture, "followed" from the number before, or "back" to it again.

        at: the moment on the page.
        """
        here = (answer["name"], answer["index"])
        if how == "chosen":
            self._trail = []
        if how in ("chosen", "followed"):
            if here in self._trail:
                self._trail = self._trail[: self._trail.index(here)]
            self._trail.append(here)
        parts = [self._title(answer)]
        if len(self._trail) > 1 and how != "pointed":
            parts.append(self._path())
        parts.append(self._origin(answer, at))
        node = answer["why"]
        if node:
            parts += [_the_one_that_counts(node, answer["value"]), self._explain(node)]
        self._place.replaceChildren(*[part for part in parts if part is not None])
        self._place.hidden = False

    def _title(self, answer):
        title = make("h3", _("Where it comes from"))
        said = make("p", **{"class": "why-value"})
        said.append(make("code", cell_name(answer["name"], answer["index"])))
        said.append(" = ")
        said.append(make("b", short(answer["value"])))
        both = make("div")
        both.append(title, said)
        return both

    def _path(self):
        """The way back to the number one started from."""
        path = make("p", **{"class": "why-path"})
        for i, (name, index) in enumerate(self._trail):
            if i:
                path.append(" ← ")
            path.append(self._link(name, index))
        return path

    def _origin(self, answer, at):
        """The statement that made it, and the way there."""
        said = make("p", **{"class": "hint"})
        if answer["statement"]:
            said.append(_("Made by"), " ", make("code", answer["statement"]))
        elif answer["from"]:
            said.append(_("It came in as an argument, from {function}.", function=answer["from"]["title"]))
        else:
            said.append(_("It was there before this function began."))
        source = answer["from"]
        if source and source["name"]:
            button = make("button", _("There it is {name}", name=source["name"]), type="button")
            goal = (source["name"], answer["index"])
            on(button, "click", lambda event: self._go(source["at"], goal))
            said.append(" ", button)
        elif answer["at"] not in (None, at):
            button = make("button", _("Go to this line"), type="button")
            on(button, "click", lambda event: self._go(answer["at"], (answer["name"], answer["index"])))
            said.append(" ", button)
        return said

    def _link(self, name, index):
        """A number that one can follow further back; what is no variable is just named."""
        if "(" in name:
            return make("code", cell_name(name, index))
        button = make("button", cell_name(name, index), type="button", **{"class": "follow"})
        on(button, "click", lambda event: self._ask(name, index))
        return button

    # ------------------------------------------------------- kinds of node

    def _explain(self, node):
        place = make("div", **{"class": "why-node"})
        place.append(*self._lines(node))
        return place

    def _lines(self, node):
        """What is to be said of a node, the nodes inside it below."""
        kind = node["kind"]
        lines = []
        if kind == "dot":
            lines += self._dot(node)
        elif kind == "sum":
            lines += self._sum(node)
        elif kind == "call":
            lines.append(self._equation(node))
            if node.get("terms"):
                lines.append(self._softmax(node))
        elif kind in ("element", "name"):
            lines.append(self._equation(node, self._link(node["name"], node["index"])))
        elif kind == "computed":
            lines += self._computed(node)
        else:
            lines.append(self._equation(node))
        parts = node.get("parts") or []
        if parts:
            inner = make("ul")
            for part in parts:
                item = make("li")
                item.append(*self._lines(part))
                inner.append(item)
            lines.append(inner)
        return lines

    def _returned(self, returned):
        """The way into the call that this is the result of."""
        button = make("button", _("Go to this line"), type="button")
        goal = (returned["name"], returned["index"])
        on(button, "click", lambda event: self._go(returned["at"], goal))
        return button

    def _equation(self, node, left=None):
        said = make("p", **{"class": "why-equation"})
        said.append(left or make("code", node["source"]), " = ", make("b", short(node["value"])))
        return said

    def _computed(self, node):
        """What is not taken apart; of a recorded call, the way to what it returned."""
        lines, names, returned = [self._equation(node)], ", ".join(node["names"]), node.get("returned")
        if names:
            lines.append(make("p", _("Computed from {names}.", names=names), **{"class": "hint"}))
        if returned:
            goal = (returned["name"], returned["index"])
            button = make("button", _("Go to where it was returned"), type="button")
            on(button, "click", lambda event: self._go(returned["at"], goal))
            lines.append(button)
        return lines

    def _dot(self, node):
        """A sum of products: the largest ones as a table with bars."""
        rest = node["rest"]
        said = make("p", **{"class": "why-equation"})
        said.append(make("code", node["source"]), " = ", make("b", short(node["value"])))
        count = len(node["terms"]) + rest["count"] + node["zero"]
        words = _("A sum of {count} products; the largest:", count=number(count))
        if node["zero"]:
            words = _(
                "A sum of {count} products, {zero} of them 0; the largest:",
                count=number(count),
                zero=number(node["zero"]),
            )
        terms = [([each["left"], each["right"]], each["value"]) for each in node["terms"]]
        return [said, make("p", words), self._table(node, terms)]

    def _sum(self, node):
        """A sum over elements; one that is made within the line is taken apart where it is the only one."""
        terms, rest = node["terms"], node["rest"]
        count = len(terms) + rest["count"]
        lines = [
            self._equation(node),
            make("p", _("A sum of {count} numbers; the largest:", count=number(count))),
        ]
        if count == 1 and terms[0].get("why"):
            inner, item = make("ul"), make("li")
            item.append(*self._lines(terms[0]["why"]))
            inner.append(item)
            return [lines[0], inner]
        return lines + [self._table(node, [([each], each["value"]) for each in terms])]

    def _table(self, node, terms):
        """A row for each term, one for the rest, one for the sum; terms: (its factors, its value)."""
        rest = node.get("rest") or {"count": 0, "sum": 0.0}
        largest = max([abs(value or 0) for _factors, value in terms] + [abs(rest["sum"] or 0), LEAST])
        table = make("table", **{"class": "why-terms"})
        body = make("tbody")
        for factors, value in terms:
            row = make("tr")
            head = make("th", scope="row")
            for i, factor in enumerate(factors):
                if i:
                    head.append(" × ")
                head.append(self._link(factor["name"], factor["index"]))
            row.append(head)
            product = (
                " × ".join(_bracketed(factor["value"]) for factor in factors) if len(factors) > 1 else ""
            )
            row.append(make("td", product, **{"class": "product"}))
            row.append(make("td", _signed(value), **{"class": "term"}), _bar(value, largest))
            body.append(row)
        if rest["count"]:
            body.append(_rest_row(rest, largest))
        total = make("tr", **{"class": "total"})
        total.append(make("th", _("together"), scope="row"), make("td"))
        total.append(make("td", _signed(node["value"]), **{"class": "term"}), make("td"))
        body.append(total)
        table.append(body)
        return table

    def _softmax(self, node):
        """The ten scores that one probability is made of."""
        said = make("p", **{"class": "why-numbers"})
        said.append(_("It depends on the whole row:"), " ")
        for i, each in enumerate(node["terms"]):
            if i:
                said.append(", ")
            said.append(self._link(each["name"], each["index"]), f" {short(each['value'])}")
        return said


def _the_one_that_counts(node, value):
    """Of a loss: the one probability that it is minus the logarithm of; None for anything else."""
    inside, log = node, False
    while inside and inside["kind"] != "element":
        log = log or inside.get("function") == "np.log"
        terms = inside.get("terms") or []
        if len(terms) > 1:
            return None
        inside = terms[0].get("why") if terms else (inside.get("parts") or [None])[0]
    if not inside or not log:
        return None
    words = _(
        "Only one probability counts: {name} = {probability}. Minus its logarithm is {loss}.",
        name=cell_name(inside["name"], inside["index"]),
        probability=short(inside["value"]),
        loss=short(value),
    )
    return make("p", words, **{"class": "why-sentence"})


def _rest_row(rest, largest):
    row = make("tr", **{"class": "rest"})
    row.append(
        make("th", _("the other {count} together", count=number(rest["count"])), scope="row"), make("td")
    )
    row.append(make("td", _signed(rest["sum"]), **{"class": "term"}), _bar(rest["sum"], largest))
    return row


def _bar(value, largest):
    """A bar to the right of the middle for a positive term, to the left for a negative one; none for None."""
    value = value or 0
    cell = make("td", **{"class": "why-bar"})
    bar = make("span", **{"class": "negative" if value < 0 else "positive"})
    bar.style.width = f"{abs(value) / largest * 50:.2f}%"
    cell.append(bar)
    return cell


def _signed(value):
    text = short(value)
    return text if value is None or text.startswith("−") else "+" + text


def _bracketed(value):
    text = short(value)
    return f"({text})" if text.startswith("−") else text
