"""Renders a line as a sentence, with its codes put into words: for cards, and to recognise a button's typed title."""

from checklists.loader import checklist_version, newest
from dialogs.views.parts import Line
from texts import Language, sentences


def line_words(line: Line, language: Language) -> str:
    """Return the sentence of a line in a language.

    Some arguments are codes that are put into words first: `item` (list/version/item) gives `question` and `option`,
    `choice` gives `answer`, `choices` are several of them, `list` becomes its title, and `field`, `earlier` and `later`
    become the card's labels of those dates.
    """
    args: dict[str, object] = dict(line.args)
    words = sentences(language)
    args |= {name: words[f"card.{line.args[name]}"] for name in ("field", "earlier", "later") if name in args}
    if "item" in line.args:
        checklist, version, item_id = str(line.args["item"]).split("/")
        item = checklist_version(checklist, int(version)).by_id[item_id]
        args["question"] = (item.alone_en or item.ask_en) if language == "en" else (item.alone or item.ask)
        if "option" in line.args:
            options = {option.id: option for option in item.ways.options} if item.ways else {}
            option = options.get(str(line.args["option"]))
            args["option"] = (option.title_en if language == "en" else option.title) if option else ""
    if "choices" in line.args:
        args["choices"] = ", ".join(words[f"answers.{choice}"] for choice in str(line.args["choices"]).split(","))
    if "list" in line.args:
        of = newest(str(line.args["list"]))
        args["list"] = of.title_en if language == "en" else of.title
    if "choice" in line.args:
        args["answer"] = words[f"answers.{line.args['choice']}"]
    return words[line.say].format(**args)
