"""Names in Swedish alphabetical order."""

from checklists.swedish_order import swedish_order


def test_the_last_three_letters_stand_last_and_in_their_order() -> None:
    names = ["Örby", "Ängen", "Åsen", "Zäta", "Öst", "åby", "Vuxna", "Éttan", "Etta", "etta 2", "Barn", "bärnsten"]

    assert sorted(names, key=swedish_order) == [
        "Barn", "bärnsten", "Etta", "etta 2", "Éttan", "Vuxna", "Zäta", "åby", "Åsen", "Ängen", "Örby", "Öst",
    ]  # fmt: skip


def test_names_that_differ_only_in_case_or_form_keep_one_order() -> None:
    assert swedish_order("A\u030asen")[0] == swedish_order("Åsen")[0]
    assert sorted(["b", "B", "a"], key=swedish_order) == ["a", "B", "b"]
