"""What is wrong with a file, a setting or a command: code, place and what was found, never a person's own words.

BK-1xx  what files share with the chat (checklists/errors.py): the same rule, the same code
BK-2xx  files
├── 20x  a CSV file as a whole, and its rows
├── 21x  what any row may get wrong
├── 22x  people import
├── 23x  cases import
├── 24x  answers import
├── 25x  a YAML file as a whole, and its keys
├── 26x  its values
├── 27x  a checklist that contradicts itself
└── 28x  a checklist that names what is not there
BK-3xx  the command line
├── 30x  settings, one by one
├── 31x  settings with which the bot would be open, or lose data
├── 32x  the database
├── 33x  keys, and what is sealed with them; from 338: where the bot listens
├── 34x  what a command is given: a file, an address, a day, a tenant, a head
├── 35x  a tenant's own settings
├── 36x  a trail that is broken
├── 37x  disposal
├── 38x  backup and restore
└── 39x  criticism, the Teams package, exports, and the unforeseen
BK-4xx the command line, continued
├── 40x  doctor: the database, the register, this machine
├── 41x  doctor: what is outside this machine
├── 42x  doctor: a test message
├── 43x  the bot's own credentials
├── 44x  the pages and the Teams package
├── 46x  the draw of a round, rows that cannot be read, what is written to, the encoding of a database
├── 47x  empty values, whom a setting names, the tab, a database with a standby, copies that are compared
├── 48x  an extract of one case, findings without a question or a measure, values of a setting that stand twice
└── 49x  the admin's commands, the import folder, exposed
BK-5xx files, continued
├── 54x  units that are closed, files of the import folder
└── 55x  cells that hold no address, or something where nothing can be chosen

The sentences are in texts/sv and texts/en, under the code: BK-1xx and BK-2xx in files.yaml, BK-3xx and
BK-4xx in commandline.yaml, BK-5xx in files.yaml.
Each says what was found and what to do. docs/fel.md lists them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, unique
from pathlib import Path
from typing import Literal

from checklists.errors import PersonalNumberInText, UserError
from checklists.privacy import has_personal_number
from texts import Language, say

COMMANDS_SPEAK: Language = "en"
"""Decision 0006. The Swedish sentences are for docs/fel.md, where a line is looked up by its code."""
NOTHING_STORED = "files.nothing_stored"
_WORD = re.compile(r"[\w.:-]{1,60}", re.ASCII)
_HIDDEN = "…"


@unique
class Code(StrEnum):
    """Every fault of a file or a command."""

    NOT_UTF8 = "BK-201"
    COLUMN_MISSING = "BK-202"
    NOT_CSV = "BK-203"
    NUMBER_OF_CELLS = "BK-204"
    COLUMN_UNKNOWN = "BK-205"
    COLUMN_TWICE = "BK-206"
    NUL_IN_CELL = "BK-207"
    HEADER_BELOW = "BK-209"

    EMPTY = "BK-210"
    NOT_ONE_OF = "BK-211"
    TENANT_NOT_SERVED = "BK-212"
    CHANGED_MEANWHILE = "BK-213"
    NOT_CLEARED = "BK-214"

    NOBODY_NAMED = "BK-220"
    NO_ADDRESS = "BK-221"
    UNIT_NEEDED = "BK-222"
    DAYS_NEEDED = "BK-223"
    TWO_PEOPLE = "BK-224"
    OTHER_OBJECT_ID = "BK-225"

    NEW_CASE_NEEDS_UNIT = "BK-230"
    NOT_REGISTERED = "BK-231"
    UNIT_NEAR_KNOWN = "BK-232"

    TENANT_UNKNOWN = "BK-240"
    NO_SUCH_CASE = "BK-241"
    NOT_ANSWERED_BY = "BK-242"
    NOT_PER_CHILD = "BK-243"
    NO_SUCH_CHILD = "BK-244"
    NO_SUCH_ITEM = "BK-245"
    NOT_ASKED_OF = "BK-246"
    ANSWER_EMPTY = "BK-247"
    LISTS_SENT = "BK-248"

    FILE_NOT_UTF8 = "BK-250"
    NOT_YAML = "BK-251"
    FILE_EMPTY = "BK-252"
    KEY_TWICE = "BK-253"
    KEY_UNKNOWN = "BK-254"
    KEY_MISSING = "BK-255"
    FILE_TOO_LARGE = "BK-256"
    ALIAS = "BK-257"
    TOO_DEEP = "BK-258"

    VALUE_UNREADABLE = "BK-260"
    VALUE_NOT_ONE_OF = "BK-261"
    VALUE_NO_ID = "BK-262"
    VALUE_NO_CRITICISM = "BK-263"
    VALUE_TOO_LONG = "BK-264"
    VALUE_TOO_FEW = "BK-265"
    VALUE_WRONG = "BK-266"
    CONDITION_NEVER = "BK-269"

    CONDITION_OF_SEVERAL = "BK-270"
    CONDITION_WITHOUT_IS = "BK-271"
    CASE_TYPE_WITH_IS = "BK-272"
    FACT_NOT_YES_NO = "BK-273"
    LISTED_TWICE = "BK-274"
    OPTIONS_TOO_LONG = "BK-275"
    ANSWER_NOT_ALLOWED = "BK-276"
    ONLY_ON_EVERY = "BK-277"
    MOTIVATES_ANSWERS = "BK-278"
    MOTIVATES_OWN = "BK-279"

    ID_TWICE = "BK-280"
    NO_SUCH_SECTION = "BK-281"
    NO_SUCH_GROUP = "BK-282"
    NO_LABEL = "BK-283"
    MOTIVATES_NOTHING = "BK-284"
    NO_SUCH_FACT = "BK-285"
    ITEM_NOT_ABOVE = "BK-286"
    WRONG_FILE_NAME = "BK-287"
    CONCEPT_LACKS = "BK-288"
    CONCEPT_OF_SEVERAL = "BK-289"

    ADDRESS_NOT_HERE = "BK-300"
    SETTING_NOT_ONE_OF = "BK-301"
    SETTING_NO_PORT = "BK-302"
    SETTING_WRONG = "BK-303"
    NOW_WITHOUT_OFFSET = "BK-304"
    SECRET_NOT_HEX = "BK-305"
    KEYS_UNREADABLE = "BK-306"
    DOTENV_UNREADABLE = "BK-307"
    SECRET_FILE_UNREADABLE = "BK-308"
    SETTING_NO_ADDRESS = "BK-309"

    DEV_NOT_HERE = "BK-310"
    NOW_IN_PRODUCTION = "BK-311"
    NO_TENANTS = "BK-312"
    ANYONE_ANSWERED = "BK-313"
    CANNOT_SIGN_IN = "BK-314"
    KEYS_NOT_HTTPS = "BK-315"
    NOTHING_LASTS = "BK-316"
    DEMO_NOT_DEV = "BK-317"
    DEMO_CREDENTIALS = "BK-318"
    PUBLIC_NOT_HTTPS = "BK-319"

    URL_UNREADABLE = "BK-320"
    FOLDER_REFUSED = "BK-321"
    DATABASE_REFUSED = "BK-322"
    SQLITE_UNSAFE = "BK-323"
    DATABASE_SILENT = "BK-324"
    SCHEMA_OLD = "BK-325"
    NOT_MOVABLE = "BK-326"
    TARGET_USED = "BK-327"
    DATABASE_IN_THE_OPEN = "BK-328"
    TRAIL_KEY_MISSING = "BK-329"

    MASTER_GONE = "BK-330"
    MASTER_GONE_FOR_ALL = "BK-331"
    MASTER_GONE_FOR_CASES = "BK-332"
    MASTER_WRONG = "BK-333"
    KEY_GONE = "BK-334"
    SEAL_BROKEN = "BK-335"
    KEY_OF_ZEROS = "BK-336"
    SECRET_TWICE = "BK-337"
    TRAIL_WENT_BACK = "BK-338"
    CHECKPOINT_WRONG = "BK-339"

    NUMBER_IN_NAME = "BK-340"
    CANNOT_READ = "BK-341"
    CANNOT_WRITE = "BK-342"
    CANNOT_LISTEN = "BK-343"
    NOT_A_DAY = "BK-344"
    NO_SUCH_TENANT = "BK-345"
    NO_CASE_OR_UNIT = "BK-346"
    HEAD_UNREADABLE = "BK-347"
    HEAD_OF_ANOTHER = "BK-348"
    WRONG_USAGE = "BK-349"

    NO_SUCH_SETTING = "BK-350"
    OWN_SETTING_WRONG = "BK-351"
    NOT_A_PATTERN = "BK-352"
    WRONG_ORDER = "BK-353"
    NO_SUCH_FINDING = "BK-354"
    NO_SUCH_STANDING = "BK-355"
    FINDING_TWICE = "BK-356"
    STANDING_WITHOUT_DAY = "BK-357"
    STANDING_WITH_DAY = "BK-358"
    TOO_FEW_DAYS = "BK-359"

    PLACE_MISSING = "BK-360"
    EVENT_MISSING = "BK-361"
    EVENT_CHANGED = "BK-362"
    EVENT_WITHOUT_KEY = "BK-363"
    PLACE_LOST = "BK-364"
    TRAIL_CUT = "BK-365"
    HEAD_DIFFERS = "BK-366"
    HEAD_FOREIGN = "BK-367"
    HEAD_WITHOUT_KEY = "BK-368"
    EVENT_FORGED = "BK-369"

    NO_SUCH_PERIOD = "BK-370"
    PERIOD_WRONG = "BK-371"
    NOT_CONFIRMED = "BK-372"
    NOT_PRINTED = "BK-373"
    PRINT_FOLDER_REFUSED = "BK-374"
    PRINT_FOLDER_USED = "BK-375"
    PAGE_REFUSED = "BK-376"
    NOT_SCRUBBED = "BK-377"
    TOMBSTONES_UNREADABLE = "BK-378"
    NO_TOMBSTONE = "BK-379"

    WOULD_OVERWRITE = "BK-380"
    NO_DATABASE = "BK-381"
    COPY_NOT_WHOLE = "BK-382"
    NO_BACKUP = "BK-383"
    BACKUP_DAMAGED = "BK-384"
    PLACE_TAKEN = "BK-385"
    TOOL_MISSING = "BK-386"
    TOOL_FAILED = "BK-387"
    KEY_FILE_NEEDED = "BK-388"
    NO_KEY_FILE = "BK-389"

    NOTHING_COVERS = "BK-390"
    NO_APP_ID = "BK-391"
    NO_ADDRESS_OF_BOT = "BK-392"
    VERSION_WRONG = "BK-393"
    PACKAGE_FAULTY = "BK-394"
    NEVER_PUBLISHED = "BK-395"
    PERIOD_NOT_PUBLISHED = "BK-396"
    TOO_LARGE = "BK-397"
    FIGURES_DIFFER = "BK-398"
    UNFORESEEN = "BK-399"

    SCHEMA_NEWER = "BK-400"
    NOT_WRITABLE = "BK-401"
    NO_DATABASE_YET = "BK-402"
    TRAIL_KEY_OTHER = "BK-403"
    CLOCK_WRONG = "BK-404"
    NOBODY_REGISTERED = "BK-405"
    DATABASE_SAYS = "BK-406"
    NO_GUID = "BK-407"
    VERSION_MISSING = "BK-408"
    FAULTS_FOUND = "BK-409"

    KEYS_UNREACHABLE = "BK-410"
    TOKEN_REFUSED = "BK-411"
    TOKEN_UNREACHABLE = "BK-412"
    CERTIFICATE_UNTRUSTED = "BK-413"
    CERTIFICATE_ENDS = "BK-414"
    PUBLIC_SILENT = "BK-415"
    PUBLIC_IS_ANOTHER = "BK-416"
    PROXY_SILENT = "BK-417"
    NO_ROOTS_IN_FILE = "BK-418"
    PROOF_ENDS = "BK-419"

    NOBODY_TO_SEND_TO = "BK-420"
    HAS_NO_APP = "BK-421"
    NOT_SENT = "BK-422"

    SEVERAL_PROOFS = "BK-430"
    CERTIFICATE_UNREADABLE = "BK-431"
    PROOF_FILE_UNREADABLE = "BK-432"
    NO_PROOF_NEEDED = "BK-433"
    ENDPOINT_ALONE = "BK-434"

    LINE_TOO_LONG = "BK-440"
    NO_PAGE = "BK-441"
    NOT_A_PACKAGE = "BK-442"
    DRAW_DIFFERS = "BK-460"
    FRAME_CELL = "BK-461"
    FRAME_UNEVEN = "BK-462"
    ROW_NOT_HELD = "BK-463"
    LISTS_LEFT_OUT = "BK-464"
    ROWS_NOT_HELD = "BK-465"
    NOT_RANDOM = "BK-466"
    OUTPUT_LOST = "BK-467"
    NOT_IN_UTF8 = "BK-468"
    SLOW_PATTERN = "BK-469"
    EMPTY_VALUE = "BK-470"
    NOBODY_ON_DUTY = "BK-471"
    TAB_NEEDS = "BK-472"
    NO_TEAMS_JS = "BK-473"
    CONTENT_WITHOUT_TAB = "BK-474"
    STANDBY_NAMED = "BK-475"
    COPY_DIFFERS = "BK-476"
    COPY_FIGURES = "BK-477"
    SUMS_UNREADABLE = "BK-478"
    SCRATCH_REFUSED = "BK-479"
    CASE_NEEDED = "BK-480"
    DOES_NOT_TAKE = "BK-481"
    CASE_IN_SEVERAL = "BK-482"
    ONLY_INDIRECT = "BK-483"
    NEEDS_MEASURE = "BK-484"
    OWN_SETTING_TWICE = "BK-485"
    NO_MUNICIPALITY = "BK-486"
    OTHER_ENDING = "BK-487"
    TAB_ELSEWHERE = "BK-489"
    NOBODY_CALLED = "BK-490"
    SEVERAL_CALLED = "BK-491"
    NO_SUCH_UNIT = "BK-492"
    SEVERAL_TENANTS = "BK-494"
    FIRST_ADMIN_WRONG = "BK-495"
    FOLDER_UNREADABLE = "BK-496"
    MAPPING_WRONG = "BK-497"
    NEEDS_DAYS = "BK-498"
    NO_SUCH_KEY = "BK-499"

    UNIT_CLOSED = "BK-545"
    FILE_NOT_NAMED = "BK-546"
    OTHER_SEPARATOR = "BK-547"
    FILE_IS_EMPTY = "BK-548"
    WORKBOOK = "BK-549"
    CELL_NO_ADDRESS = "BK-550"
    NOTHING_TO_CHOOSE = "BK-551"
    CASE_CLOSED = "BK-552"


def room_of(code: str) -> Literal["commandline.", "files."]:
    """Return the prefix of the text key of a code's sentence."""
    return "commandline." if "BK-3" < code < "BK-5" else "files."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    args: what its sentence names. whose: the file or the tenant it is in, where a command looks at several.
    line: of the file, from 1; 0: of none.
    """

    code: str
    args: Mapping[str, str | int]
    line: int = 0
    whose: str = ""

    def told(self, language: Language, *, ends: str = "") -> str:
        """Return it in one line: place, what was found, what to do, code. ends: what is said before the code."""
        sentence = "; ".join(filter(None, (say(room_of(self.code) + self.code, language, **self.args), ends)))
        where = say("files.line", language, line=self.line) if self.line else ""
        place = ", ".join(filter(None, (self.whose, where)))
        return f"{place}: {sentence} ({self.code})" if place else f"{sentence} ({self.code})"

    def at(self, line: int) -> "Fault":
        """Return the fault with the line it is in."""
        return replace(self, line=line)

    def of(self, whose: str) -> "Fault":
        """Return the fault with the file or the tenant it is in."""
        return replace(self, whose=whose)

    def __str__(self) -> str:
        return self.told(COMMANDS_SPEAK)


class Refusal(ValueError):
    """A file, a setting or a command cannot be taken as it is. Prints as one line per fault.

    A ValueError, so that a model of pydantic may raise it. exit_code: what a command ends with. ends: the key of what
    the last line says of them all.
    """

    exit_code = 1
    ends = ""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*(fault.code for fault in faults))
        self.faults = faults

    def told(self, language: Language) -> list[str]:
        """Return a line for each fault."""
        last, ends = len(self.faults) - 1, say(self.ends, language) if self.ends else ""
        return [one.told(language, ends=ends if at == last else "") for at, one in enumerate(self.faults)]

    def __str__(self) -> str:
        return "\n".join(self.told(COMMANDS_SPEAK))


def fault(code: Code, *, line: int = 0, **args: str | int | date | Path | None) -> Fault:
    """Return a fault. args: codes, numbers, days, names of columns, settings, files; words from a file: use `word`."""
    return Fault(code.value, {name: _shown(value) for name, value in args.items()}, line)


def of_rule(error: UserError, column: str, **args: str | int) -> Fault:
    """Return the fault of a cell that breaks a rule which the chat applies too. column: the cell's."""
    return Fault(error.code, {"column": column, **error.args_for_text, **args})


def number_in_row(column: int) -> Fault:
    """Return the fault of a cell that holds a personal number; column: from 1, since its name may be anything."""
    return Fault(PersonalNumberInText.code, {"column": column})


def word(text: object) -> str:
    """Return a word from a file or an operator if it can only be an id, a key or the name of a setting; else `…`."""
    found = str(text)
    return found if _WORD.fullmatch(found) and not has_personal_number(found) else _HIDDEN


def listed(words: Iterable[object]) -> str:
    """Return words separated by commas, for a sentence."""
    return ", ".join(map(str, words))


def _shown(value: str | int | date | Path | None) -> str | int:
    if isinstance(value, int):
        return value
    if isinstance(value, Path) and has_personal_number(str(value)):
        return _HIDDEN
    # A line break in a file's name would make a second line, and could forge a code.
    return "".join(letter if letter.isprintable() else _HIDDEN for letter in str(value))
