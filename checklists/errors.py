"""Refusals that a person can act on: a code and its arguments.

UserError
├── PersonalNumberInText   BK-104
├── BadCaseRef             BK-110
├── TextTooLong            BK-111
├── BadDate                BK-112
├── BadChildren            BK-113
├── BadPeople              BK-114
├── CaseIsSent             BK-115
├── RefTaken               BK-116
├── ChildHasAnswers        BK-140
├── ListIsUsed             BK-166
├── ListOfRound            BK-167
├── AnswerNotAllowed       BK-120
├── NothingToSay           BK-121
├── PlaceMissing           BK-122
├── CommentMissing         BK-123
├── BadPeriod              BK-124
├── BadDeputy              BK-125
├── OnlyText               BK-126
├── OnlyReference          BK-127
├── DetailMissing          BK-128
├── ExtendsNothing         BK-129
├── UnreadablePeriod       BK-130
├── DateOutOfRange         BK-131
├── DateInFuture           BK-132
├── DatesOutOfOrder        BK-133
├── RoundName              BK-150
├── RoundUnits             BK-151
├── RoundNumber            BK-152
├── RoundDays              BK-153
├── EmptyFrame             BK-154
├── NoReviewer             BK-155
├── RoundMoved             BK-156
├── NotAllAnswered         BK-157
├── WhyNotMissing          BK-158
├── NoReplacement          BK-159
├── MeasureText            BK-160
├── MeasureDays            BK-161
├── MeasureOwner           BK-162
├── MeasureMoved           BK-163
├── FindingDay             BK-164
├── ReasonNotChosen        BK-165
├── RoundCasesTaken        BK-168
├── NothingDrawn           BK-169
├── RoundOver              BK-170
├── DutyDay                BK-196
├── DutyMoved              BK-197
├── UnitNameTaken          BK-175
├── UnitNearKnown          BK-195
├── UnitHasNoName          BK-171
├── UnitHasCases           BK-176
├── NobodyMeant            BK-177
├── NotTwoAccounts         BK-178
├── BadEmail               BK-179
├── SendIsGone             BK-180
├── UnitGone               BK-181
├── LastAdmin              BK-182
├── NoWorkerThere          BK-183
├── CheckIsNotHers         BK-184
├── ExtractIsTheChefs      BK-198
├── BadDecisionNumber      BK-190
├── DeletionGone           BK-191
├── SamePerson             BK-192
├── DeletionChanged        BK-193
├── OtherDecision          BK-194
├── LinkedToItself         BK-185
├── LinkedAlike            BK-186
├── LinkClosed             BK-187
├── JointIncomplete        BK-188
└── LinkGone               BK-189

The sentences are in texts/sv/errors.yaml and texts/en/errors.yaml, under the code.
"""


class UserError(Exception):
    """Something a person wrote or pressed cannot be stored as it is; nothing else is lost."""

    code = "BK-100"

    def __init__(self, **args: str | int) -> None:
        super().__init__(self.code)
        self.args_for_text = args

    @property
    def text_key(self) -> str:
        """Return the key of the sentence that says what happened and what to do."""
        return "errors." + self.code


class PersonalNumberInText(UserError):
    """A personal or coordination number was written; nothing of it is kept. field: as in BadDate.

    where: `typed`: in a message; `two`: in two messages in a row; `command`: on the command line.
    """

    code = "BK-104"

    @property
    def text_key(self) -> str:
        """The key of a sentence that names the date, if it is known which, or the messages to delete."""
        if "field" in self.args_for_text:
            return "errors.BK-104_field"
        where = self.args_for_text.get("where")
        return f"errors.BK-104_{where}" if where in ("typed", "two", "command") else super().text_key


class BadCaseRef(UserError):
    """The case reference does not have the shape the tenant uses."""

    code = "BK-110"


class TextTooLong(UserError):
    """A free text is longer than the field holds. where: `typed`: a message; `card`: all fields of one together."""

    code = "BK-111"

    @property
    def text_key(self) -> str:
        """The key of the sentence for where the text was written."""
        where = self.args_for_text.get("where")
        return {"typed": "errors.BK-111_typed", "card": "errors.BK-111_card"}.get(str(where), super().text_key)


class BadDate(UserError):
    """Not a calendar day written YYYY-MM-DD. field: the date it was meant for, if known. missing: it is not given."""

    code = "BK-112"

    @property
    def text_key(self) -> str:
        """The key of a sentence that names the date, if it is known which."""
        if "missing" in self.args_for_text:
            return "errors.BK-112_missing"
        return "errors.BK-112_field" if "field" in self.args_for_text else super().text_key


class BadChildren(UserError):
    """The number of children is not a whole number in range, or would hide a begun list. least, most: the range."""

    code = "BK-113"

    @property
    def text_key(self) -> str:
        """The key of a sentence that gives 0 as the lowest number, if there may be no children."""
        return "errors.BK-113_adult" if self.args_for_text.get("least") == 0 else super().text_key


class ChildHasAnswers(UserError):
    """A child that would be removed has a list with answers, or one that somebody has read. child: its number."""

    code = "BK-140"


class BadPeople(UserError):
    """The person chosen cannot have that role in the case."""

    code = "BK-114"


class CaseIsSent(UserError):
    """A list of the case has been sent, so the case cannot be withdrawn."""

    code = "BK-115"


class RefTaken(UserError):
    """Another case has this reference, and is not empty."""

    code = "BK-116"


class AnswerNotAllowed(UserError):
    """The checklist does not allow this answer on this item now."""

    code = "BK-120"


class NothingToSay(UserError):
    """An empty motivation was saved."""

    code = "BK-121"


class PlaceMissing(UserError):
    """The motivation is said to be in the file, but not where. where: as in OnlyReference."""

    code = "BK-122"

    @property
    def text_key(self) -> str:
        """The key of the sentence that says what is written in the file."""
        return "errors.BK-122_protected" if self.args_for_text.get("where") == "protected" else super().text_key


class CommentMissing(UserError):
    """A list is sent back, or signed with a shortfall, without a reason."""

    code = "BK-123"


class BadPeriod(UserError):
    """The last day lies before the first, or has passed."""

    code = "BK-124"


class BadDeputy(UserError):
    """The person chosen cannot stand in for that chef."""

    code = "BK-125"


class OnlyText(UserError):
    """The municipality requires motivations to be written in the bot; a reference to the case file is not enough."""

    code = "BK-126"


class OnlyReference(UserError):
    """The municipality keeps motivations in the case file; only their place is given in the bot.

    where: `protected`: no text is stored for this case, because of protected identity. `note`: nor is it said of this
    text where it is, because it is no motivation.
    """

    code = "BK-127"

    @property
    def text_key(self) -> str:
        """The key of the sentence that says why no text is stored."""
        where = self.args_for_text.get("where")
        return f"errors.BK-127_{where}" if where in ("protected", "note") else super().text_key


class DetailMissing(UserError):
    """Something the answer requires, such as the method used, is missing."""

    code = "BK-128"


class ExtendsNothing(UserError):
    """The new last day of an extension is not after the limit. last: the limit, an ISO date."""

    code = "BK-129"


class SignatureStands(Exception):
    """A change would void a signature, and the person who makes it has not been asked yet; it is not stored.

    case_id: of the signed case; signature_id: row id. pressed: the press to repeat once she has confirmed, set by the
    caller; None if the change was typed.
    """

    def __init__(self, case_id: int, signature_id: int) -> None:
        super().__init__()
        self.case_id, self.signature_id = case_id, signature_id
        self.pressed: object = None


class UnreadablePeriod(UserError):
    """The text is not a period."""

    code = "BK-130"


class DateOutOfRange(UserError):
    """A date is implausibly far off. first, last: the range allowed; field: as in BadDate."""

    code = "BK-131"

    @property
    def text_key(self) -> str:
        """The key of a sentence that names the date, if it is known which."""
        return "errors.BK-131_field" if "field" in self.args_for_text else super().text_key


class DateInFuture(UserError):
    """The date of something that has happened lies after today. field: which date."""

    code = "BK-132"


class DatesOutOfOrder(UserError):
    """Two dates of one investigation are in the wrong order. earlier, later: the fields in their right order."""

    code = "BK-133"


class RoundName(UserError):
    """A round's name, or its pool's, is missing, too long, or not allowed by `free_text.is_name`."""

    code = "BK-150"


class RoundUnits(UserError):
    """No unit, or no list, was chosen for a round."""

    code = "BK-151"


class RoundNumber(UserError):
    """A number of a round is not a number, or out of range. least, most: the range. what: text key of its label."""

    code = "BK-152"


class RoundDays(UserError):
    """Two days of a round, or of a reviewer's absence, are in the wrong order, or only one of them was given."""

    code = "BK-153"


class EmptyFrame(UserError):
    """No case of the period can be drawn. protected, recent, under_way: how many were left out."""

    code = "BK-154"


class NoReviewer(UserError):
    """Nobody who may review was chosen."""

    code = "BK-155"


class RoundMoved(UserError):
    """The round, or what the button is about, has moved on since the card was shown."""

    code = "BK-156"


class NotAllAnswered(UserError):
    """Some questions of a calibration are not answered. missing: how many."""

    code = "BK-157"


class WhyNotMissing(UserError):
    """A round cannot be closed while cases lack a reason for not having been reviewed. cases: how many."""

    code = "BK-158"


class NoReplacement(UserError):
    """The unit has no case left to replace the drawn one with, or nobody may review the next in order."""

    code = "BK-159"


class MeasureText(UserError):
    """The text of a measure, or the name of a finding, is missing, too long, or not allowed by `free_text.is_name`."""

    code = "BK-160"


class MeasureDays(UserError):
    """The day of a measure has passed, or its follow-up comes before it."""

    code = "BK-161"


class MeasureOwner(UserError):
    """The person chosen as its owner does not work in the unit, or nobody was chosen."""

    code = "BK-162"


class MeasureMoved(UserError):
    """A measure has changed since it was shown, is somebody else's, or came from an answer that is no longer Nej."""

    code = "BK-163"


class FindingDay(UserError):
    """A demand needs the day its answer is due, a recommendation the day of its next check; no other kind has a day."""

    code = "BK-164"


class ReasonNotChosen(UserError):
    """No reason was chosen, or one that the municipality no longer offers."""

    code = "BK-165"


class RoundCasesTaken(UserError):
    """Some drawn cases can no longer be reviewed when their round is to be started. cases: how many."""

    code = "BK-168"


class NothingDrawn(UserError):
    """No drawn case is left in a round that is to be started."""

    code = "BK-169"


class RoundOver(UserError):
    """A round is to be started, but its last day has passed."""

    code = "BK-170"


class DutyDay(UserError):
    """A duty lacks its kind, unit, day or interval, or its day has passed."""

    code = "BK-196"


class DutyMoved(UserError):
    """A duty or a finding has changed since it was shown, or is not this person's to change."""

    code = "BK-197"


class UnitNameTaken(UserError):
    """Another unit has the name, or had it."""

    code = "BK-175"


class UnitNearKnown(UserError):
    """A new unit's name differs by one letter from another unit's."""

    code = "BK-195"


class UnitHasNoName(UserError):
    """A unit's name is empty, too long, or begins with #. most: how many characters it may have."""

    code = "BK-171"


class UnitHasCases(UserError):
    """A unit with open cases cannot be closed. cases: how many."""

    code = "BK-176"


class NobodyMeant(UserError):
    """No person was named, or the person is not in the register."""

    code = "BK-177"


class NotTwoAccounts(UserError):
    """The two are the same row of the register, or one of them is not in it."""

    code = "BK-178"


class BadEmail(UserError):
    """The text is not an e-mail address, or the address is somebody else's."""

    code = "BK-179"


class SendIsGone(UserError):
    """The message has been sent or dropped in the meantime, or its content is no longer stored."""

    code = "BK-180"


class UnitGone(UserError):
    """The unit is closed, merged into another, or not chosen."""

    code = "BK-181"


class LastAdmin(UserError):
    """Nobody would be left to administer the bot."""

    code = "BK-182"


class NoWorkerThere(UserError):
    """Whoever is to take over is not a case worker in the cases' unit, or has left."""

    code = "BK-183"


class CheckIsNotHers(UserError):
    """An access is not this person's to check, or has already been checked."""

    code = "BK-184"


class ExtractIsTheChefs(UserError):
    """Only a chef of its unit may give out the extract of a case with protected identity."""

    code = "BK-198"


class BadDecisionNumber(UserError):
    """The number of the committee's decision is missing, or malformed."""

    code = "BK-190"


class DeletionGone(UserError):
    """The requested deletion has been withdrawn or confirmed, or the case is gone."""

    code = "BK-191"


class SamePerson(UserError):
    """Whoever asked for a deletion may not confirm it."""

    code = "BK-192"


class DeletionChanged(UserError):
    """The case was changed after its deletion was asked for."""

    code = "BK-193"


class OtherDecision(UserError):
    """The decision number typed to confirm a deletion is not the one typed to ask for it."""

    code = "BK-194"


class LinkedToItself(UserError):
    """A case was to be linked to itself."""

    code = "BK-185"


class LinkedAlike(UserError):
    """Two adults' cases or two children's cases were to be linked."""

    code = "BK-186"


class ListIsUsed(UserError):
    """A list in which anything was ever answered, or that was sent or read, cannot be removed."""

    code = "BK-166"


class ListOfRound(UserError):
    """A list that belongs to a round cannot be removed: the draw stands."""

    code = "BK-167"


class LinkClosed(UserError):
    """One of two cases that were to be linked is closed."""

    code = "BK-187"


class JointIncomplete(UserError):
    """The person that the assessment was made with is missing."""

    code = "BK-188"


class LinkGone(UserError):
    """The link between two cases, or the question about it, no longer exists."""

    code = "BK-189"
