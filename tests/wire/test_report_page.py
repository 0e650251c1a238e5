"""The report page over HTTP: its content, and that nobody sees another unit's figures."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.pages.pages import HEADERS
from checklists.model import Role, Written
from dialogs.figures import addresses
from storage import answers, extensions, filled, links, people, projection_queue, tenants
from storage.cases import CaseRow
from storage.desk import Session
from storage.extensions import ExtensionRow
from storage.filled import FilledRow
from tests.sql.conftest import add_case, change, scalar
from tests.sql.test_figures import begin
from tests.wire.report_site import AT, FIRST, LAST, NORTH, SOUTH, Site, report_site


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with report_site(tmp_path) as site:
        yield site


def plain(text: str) -> str:
    """Return the visible text in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


async def test_a_link_leads_to_the_report_once(site: Site) -> None:
    site.holds("manager", SOUTH)
    token = site.link(NORTH)
    for _ in range(2):
        shown = await site.client.get(addresses.PATHS["report"], params={"l": token})
        assert shown.status == 200
        assert "8 av 10" not in plain(await shown.text())
    status, text = await site.presses(token)

    assert status == 200
    assert "8 av 10" in plain(text)
    assert (await site.presses(token))[0] == 410


async def test_the_page_says_what_n_period_and_definition_the_figures_have(site: Site) -> None:
    site.holds("manager", SOUTH)
    text = await site.report(NORTH)

    assert text.count("<h1>Rapport för Norra &lt;b&gt;(påhittad)&lt;/b&gt;, 2026-04-01–2026-06-30</h1>") == 1
    said = plain(text)
    assert "påbörjade 2026-04-01–2026-06-30: 10 underlag" in said
    assert "Siffrorna hämtades 2026-05-12 10:30." in said
    assert "0 av 10 påbörjade checklistor är kompletta." in said
    assert "Lägst andel Ja:" in said
    assert "8 av 10 (80,0 %) 49,0–94,3 %" in said
    assert "Kompletta underlag 0 av 10 0,0 % perioden innan 0 av 10: samma andel" in said
    assert "Värt att veta" in said
    assert "Det här kan siffrorna inte säga" in said
    assert "Från 6 av 10 till 8 av 10: för få ärenden för att säga." in said
    assert "Perioden innan är 2026-01-01–2026-03-31." in said
    assert "Andelen är Ja delat med alla underlag som frågan gäller." in said
    assert "Påbörjade underlag 10 Skickade till chef, av påbörjade 0 av 10 (0,0 %)" in said
    assert '<rect class="share" y="3" width="80.0" height="8"/>' in text
    assert len(text.encode()) < 150_000


async def test_the_table_contains_what_the_chart_shows(site: Site) -> None:
    site.holds("manager", SOUTH)
    text = await site.report(NORTH)
    drawn = re.findall(
        r'class="share" y="3" width="([\d.]+)".*?class="range" d="M([\d.]+) 7H([\d.]+)"', text, re.DOTALL
    )
    told = re.findall(
        r'class="figure">\d+\sav\s\d+ \(([\d,]+)\s%\)</td><td class="figure whole">([\d,]+)–([\d,]+)\s%<', text
    )

    assert drawn == [tuple(number.replace(",", ".") for number in row) for row in told]
    assert len(drawn) > 3
    assert "Frågan gällde inget underlag." in text
    assert text.count('class="goal" d="M80.0 0V14"') == len(drawn), "the target of the municipality"
    assert text.count("<li><span>") == len(re.findall(r"<td class=.figure.>\d+</td><th", text))


async def test_the_chain_has_its_eight_steps_with_what_is_good_and_what_lacks(site: Site) -> None:
    site.holds("manager", SOUTH)
    chain = (await site.report(SOUTH)).partition('id="chain"')[2].partition('id="others"')[0]

    assert re.findall(r'<th scope="row">(\d)\. ', chain) == list("12345678")
    step = plain(chain.partition("4. Utredning")[2].partition("</tr>")[0])
    assert step.startswith(" B2, B3 0 av 9 Brister: Har barnet kommit till tals under utredning? (0 av 3)")
    assert "Ingen fråga i det här steget gällde under perioden." in plain(chain.partition("2. ")[0])


async def test_the_whole_organisation_is_all_units_together(site: Site) -> None:
    site.holds("manager", SOUTH)
    text = await site.report("")

    assert "Rapport för hela organisationen" in text
    assert "8 av 14" in plain(text), "ten, three, and one without answers"


@pytest.mark.parametrize(
    ("role", "unit", "may"),
    [
        ("manager", SOUTH, {NORTH, SOUTH, ""}),
        ("unit_manager", NORTH, {NORTH}),
        ("deputy", SOUTH, {SOUTH}),
        ("case_worker", NORTH, set()),
        ("peer_reviewer", NORTH, set()),
        ("auditor", NORTH, set()),
        ("admin", NORTH, set()),
    ],
)
async def test_nobody_sees_figures_that_are_not_hers(site: Site, role: Role, unit: str, may: set[str]) -> None:
    site.holds(role, unit)
    for wanted in (NORTH, SOUTH, "", "Ingen sådan (påhittad)"):
        shown = await site.client.get(addresses.PATHS["report"], params={"l": (token := site.link(wanted))})
        status, text = await site.presses(token)
        assert (shown.status, status) == ((200, 200) if wanted in may else (410, 410)), wanted
        assert ('class="bars"' in text) == (wanted in may)


async def test_a_role_that_is_taken_away_or_over_gives_nothing(site: Site) -> None:
    site.holds("unit_manager", NORTH)
    token = site.link(NORTH)
    assert (await site.client.get(addresses.PATHS["report"], params={"l": token})).status == 200
    site.holds("unit_manager", SOUTH)
    status, text = await site.presses(token)
    assert status == 410
    assert "8 av 10" not in plain(text)

    site.holds("deputy", NORTH, valid_to=date(2026, 5, 11))
    assert (await site.presses(site.link(NORTH)))[0] == 410
    site.holds("deputy", NORTH, valid_to=date(2026, 5, 12))
    assert (await site.presses(site.link(NORTH)))[0] == 200


async def test_no_case_and_no_person_stands_on_it_and_it_keeps_to_itself(site: Site) -> None:
    site.holds("manager", SOUTH)
    answer = await site.client.post(addresses.PATHS["report"], data={"l": site.link("")})
    text = await answer.text()

    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert not re.search(r"SN ?20|<script|style=|https?:|Barn \d", text)


async def test_a_reservation_is_counted_in_its_own_column(site: Site) -> None:
    site.holds("manager", SOUTH)
    change(site.desk, "update answer set note = x'00' where id in (select max(id) from answer where choice = 'ja')")
    text = await site.report(NORTH)

    heard = text.partition('id="numbers"')[2].partition("kommit till tals")[2].partition("</tr>")[0]
    assert re.findall(r'<td class="figure">(\d+)</td>', heard) == ["0", "1"], "Nej with a motivation, Ja with a remark"


async def test_times_stand_with_share_and_median(site: Site) -> None:
    site.holds("manager", SOUTH)

    def work(session: Session) -> None:
        unit = people.unit(session, site.world.tenant, NORTH).id or 0
        for number, days in enumerate((3, 14, 15, 16)):
            came = date(2026, 4, 1)
            case = CaseRow(tenant_id=site.world.tenant, unit_id=unit, ref=f"SN 2026/7{number}", received_on=came)
            case.opened_on = case.assigned_on = came + timedelta(days)
            add_case(session, case)
        row = ExtensionRow(
            tenant_id=case.tenant_id, case_id=case.id, limit="14d", reason_class="grounds",
            until=date(2026, 4, 17), decided_on=came, nonce="n", reason=b"", author_id=site.world.person, at=AT,
        )  # fmt: skip
        extensions.add(session, row, "påhittat skäl")

    site.desk.run_now(work)
    times = plain((await site.report(NORTH)).partition('id="times"')[2].partition("</section>")[0])

    assert "Tid Klara Inom gränsen Pågår, för sent Pågår, i tid Median, dagar" in times
    assert "Förhandsbedömning, 14 dagar 4 3 av 4 (75,0 %), varav 1 förlängda 0 0 14,5" in times
    assert "Våld: inledd genast (kommunens mått, inte lag) 0 – 0 0 –" in times
    assert "Utredning, fyra månader 0 – 0 4 –" in times
    assert "Från inledd till tilldelad handläggare 4 – – – 0" in times
    assert "Från beslut till påbörjad insats 0 – – – –" in times


async def test_chef_and_worker_are_compared_on_the_lists_that_both_answered(site: Site) -> None:
    site.holds("manager", SOUTH)
    assert 'id="roles"' not in await site.report(NORTH)

    def reads(session: Session) -> None:
        begun = select(FilledRow).where(FilledRow.begun_at >= AT - timedelta(days=20)).order_by(col(FilledRow.id))
        lists = [row for row in session.exec(begun) if row.id != site.world.filled]
        for said, worker in zip(("ja", "nej", "ja"), lists, strict=False):  # the workers said Ja to all three
            of = ("tenant_id", "case_id", "unit_id", "checklist", "version")
            same = {name: getattr(worker, name) for name in of}
            row = FilledRow(**same, child=1, role="unit_manager", begun_at=AT, seen_at=AT)
            filled.add(session, row)
            answers.add(session, row, "child_heard", 1, Written(said), author=None, at=AT, act="a")
            projection_queue.enqueue(session, case_id=worker.case_id)
        alone = {"child_heard": "nej"}  # of a chef whose list no worker has
        begin(session, site.world, NORTH, date(2026, 5, 1), alone, role="unit_manager")

    site.desk.run_now(reads)
    roles = plain((await site.report(NORTH)).partition('id="roles"')[2].partition("</section>")[0])

    assert "under utredning? 2 av 3 (66,7 %)" in roles


async def test_the_whole_organisation_shows_its_units_side_by_side_and_a_unit_does_not(site: Site) -> None:
    site.holds("manager", SOUTH)
    assert 'id="units"' not in await site.report(NORTH)
    units = plain((await site.report("")).partition('id="units"')[2].partition("</section>")[0])

    assert "Norra &lt;b&gt;(påhittad)&lt;/b&gt; 0 av 10 (0,0 %) inom det som slumpen ger" in units
    assert "Södra (påhittad) 0 av 3 (0,0 %) inom det som slumpen ger" in units
    assert "Alla enheter 0 av 14 (0,0 %) –" in units


async def test_several_versions_of_the_list_are_told_and_nothing_is_claimed_across_them(site: Site) -> None:
    site.holds("manager", SOUTH)
    change(site.desk, "update filled_checklist set version = 2 where begun_at >= '2026-05-05'")
    page = await site.report(NORTH)
    text = plain(page)

    assert "Flera versioner av checklistan (1, 2) användes under perioden" in text
    assert "8 av 10 (80,0 %)" in text, "they are added anyway"
    assert "Checklistan ändrades mellan perioderna" in text
    assert "Från 6 av 10" not in text
    assert "Flera versioner" not in plain(await site.report(SOUTH))


async def test_findings_stand_with_how_far_they_have_come_and_against_the_period_before(site: Site) -> None:
    site.holds("manager", SOUTH)

    def states(session: Session) -> None:
        tenant = tenants.get(session, site.world.tenant)
        assert tenant is not None
        tenants.set_setting(tenant, "findings", ["B2:atgardskrav:2026-09-01", "B4:uppfoljd:2026-03-01"])

    text = plain((await site.report(NORTH)).partition('id="findings"')[2].partition("</section>")[0])
    assert "Kommunen har inte angett vad myndigheten har påtalat här." in text
    assert "kritik" not in text.partition("Vad myndigheten påtalat")[2], "nothing is criticism by itself"
    site.desk.run_now(states)
    page = await site.report(NORTH)
    text = plain(page.partition('id="findings"')[2].partition("</section>")[0])

    assert "Kritik: 0. Åtgärdskrav: 1. Uppföljt: 1." in text
    told = text.partition("B2 ")[2].partition("B3 ")[0]
    assert (
        "möjlighet att komma till tals. Utredning, Dokumentation, Beslut · åtgärdskrav, svar senast 2026-09-01" in told
    )
    assert re.search(r"8 av \d+ 6 av \d+ $", told), "now and before, and nothing random"
    assert "uppföljd 2026-03-01" in text.partition("B4 ")[2]
    assert "inte angett" in (indirect := text.partition("B1 ")[2].partition("B2 ")[0])
    assert "bara indirekt, ingen siffra –" in indirect
    step = plain(page.partition("4. Utredning")[2].partition("</tr>")[0])
    assert step.startswith(" B2, B3 ")


# --- choices before it is opened -------------------------------------------------------------------------------------


async def door(site: Site, **chosen: str) -> tuple[int, str]:
    token = chosen.pop("l", None) or site.link(NORTH)
    answer = await site.client.get(addresses.PATHS["report"], params={"l": token, **chosen})
    return answer.status, await answer.text()


async def test_another_unit_and_period_may_be_chosen_and_stand_in_the_address(site: Site) -> None:
    site.holds("manager", SOUTH)
    status, text = await door(site, unit=SOUTH, period="2026 kv 2")
    assert status == 200
    assert '<option value="Södra (påhittad)" selected>' in text
    assert 'value="2026-04-01–2026-06-30"' in text
    answer = await site.client.post(
        addresses.PATHS["report"], data={"l": site.link(NORTH), "unit": "", "period": "2026 kv 1"}
    )
    assert "<h1>Rapport för hela organisationen, 2026-01-01–2026-03-31</h1>" in await answer.text()


async def test_only_units_that_are_hers_are_offered_and_no_other_is_given(site: Site) -> None:
    site.holds("unit_manager", NORTH)
    assert "<select" not in (await door(site))[1], "there is nothing to choose from"
    token = site.link(NORTH)
    for unit in (SOUTH, ""):
        assert (await door(site, unit=unit))[0] == 410
        refused = await site.client.post(addresses.PATHS["report"], data={"l": token, "unit": unit})
        assert refused.status == 410
        assert "0 av 3" not in plain(await refused.text())
    assert scalar(site.desk, "select count(*) from event where act = 'denied' and detail = 'link:report'") == 2
    assert (await site.presses(token))[0] == 200, "the choice is rejected and leaves the link unused"


@pytest.mark.parametrize("unit", ["Finns inte (påhittad)", "19640823-3234", "Norra", "\x00"])
async def test_a_unit_that_is_none_is_not_shown_not_even_to_a_manager(site: Site, unit: str) -> None:
    site.holds("manager", SOUTH)
    token = site.link(NORTH)
    for status, text in (await door(site, unit=unit), await chosen_with(site, token, unit=unit)):
        assert status == 410
        assert unit not in text
    assert (await site.presses(token))[0] == 200


async def chosen_with(site: Site, token: str, **chosen: str) -> tuple[int, str]:
    answer = await site.client.post(addresses.PATHS["report"], data={"l": token, **chosen})
    return answer.status, await answer.text()


async def test_a_personal_number_is_not_repeated(site: Site) -> None:
    site.holds("manager", SOUTH)
    for _, text in (
        await door(site, period="640823-3234"),
        await chosen_with(site, site.link(NORTH), period="640823-3234"),
    ):
        assert "Perioden kunde inte läsas." in text
        assert "640823" not in text


async def test_an_unreadable_period_leaves_the_link_unused_and_says_what_to_write(site: Site) -> None:
    site.holds("manager", SOUTH)
    token = site.link(NORTH)
    wrong = {"l": token, "period": "förra <b>våren"}
    shown = await door(site, **wrong)
    answer = await site.client.post(addresses.PATHS["report"], data=wrong)
    for status, text in (shown, (answer.status, await answer.text())):
        assert status == 200
        assert "Perioden kunde inte läsas." in text
        assert 'role="alert"' in text
        assert 'value="förra &lt;b&gt;våren"' in text, "the input is shown for correction"
        assert "<b>" not in text
    assert (await site.presses(token))[0] == 200


async def test_other_periods_are_offered_as_words_to_write(site: Site) -> None:
    site.holds("manager", SOUTH)
    offered = [
        re.findall("<kbd>(.*?)</kbd>", await site.report("", *days))
        for days in (
            (FIRST, LAST),
            (date(2025, 1, 1), date(2025, 12, 31)),
        )
    ]

    assert offered == [
        ["rapport 2026", "rapport 2026 kv 1", "rapport 2025"],
        [*(f"rapport 2025 kv {number}" for number in (1, 2, 3, 4)), "rapport 2024"],
    ]


async def test_each_question_stands_month_by_month_with_its_median_and_where_a_change_began(site: Site) -> None:
    """For a year nobody in the south was heard, for the next everybody; six lists a month."""
    site.holds("manager", SOUTH)
    months = [date(2024 + number // 12, number % 12 + 1, 3) for number in range(4, 28)]

    def work(session: Session) -> None:
        for number, day in enumerate(months):
            for _ in range(6):
                begin(session, site.world, SOUTH, day, {"child_heard": "nej" if number < 12 else "ja"})
        tenants.set_setting(tenants.get(session, site.world.tenant), "municipality", "Påhittade & kommunen")

    site.desk.run_now(work)
    page = await site.report(SOUTH)
    heard, other, *_ = page.partition('id="along"')[2].partition("</details>")[0].split("</figure>")

    assert "1. Har barnet kommit till tals under utredning?" in plain(heard)
    assert "Över tid: förändring sedan maj 2025." in plain(heard)
    assert heard.count("<circle") == 24
    assert 'class="middle"' in heard
    assert f'class="mark" d="M{44 + 574 * 12 / 23:.1f} ' in heard, "at the thirteenth of 24 months"
    assert 'class="target"' not in heard
    assert "mark" not in other, "2. was asked in the first year alone: every point lies on the median"
    assert page.index("Påhittade &amp; kommunen") < page.index("<h1>")
    assert len(page.encode()) < 150_000


async def test_the_use_of_the_list_is_told_without_a_person(site: Site) -> None:
    """Decided after 30 days; begun ten days before the decision in one case, the day before in another."""
    site.holds("manager", SOUTH)

    def work(session: Session) -> None:
        unit_id = people.unit(session, site.world.tenant, SOUTH).id or 0
        for number, before in enumerate((10, 1)):
            case = CaseRow(tenant_id=site.world.tenant, unit_id=unit_id, ref=f"SN 2028/{number}")
            case.opened_on, case.decided_on = date(2026, 4, 1), date(2026, 5, 1)
            add_case(session, case)
            begun = AT.replace(day=1) - timedelta(days=before)
            row = FilledRow(
                tenant_id=site.world.tenant, case_id=case.id, unit_id=unit_id, checklist="decision_basis", version=1,
                child=1, role="case_worker", begun_at=begun,
            )  # fmt: skip
            filled.add(session, row)

    site.desk.run_now(work)
    told = plain(await site.report(SOUTH))

    assert "Påbörjade minst tre dagar före beslutet, av beslut som tog mer än tio dagar 1 av 2 (50,0 %)" in told


async def test_a_report_of_nothing_says_so(site: Site) -> None:
    site.holds("manager", SOUTH)
    text = await site.report("", date(2020, 1, 1), date(2020, 12, 31))

    assert "Ingen checklista har påbörjats under perioden." in text
    assert "Det finns inga svar att visa för perioden." in text
    assert "<svg" not in text


async def test_it_is_in_her_language_also_the_questions(site: Site) -> None:
    site.holds("manager", SOUTH)
    change(site.desk, "update person set language = 'en'")
    text = await site.report(NORTH)

    assert '<html lang="en">' in text
    assert "8 of 10 (80.0%) 49.0–94.3%" in plain(text)
    assert "<span>1. Has the child been heard during the investigation?</span>" in text
    assert "<kbd>report 2026 kv 1</kbd>" in text
    assert "0 of 10 checklists begun are complete." in text


async def test_a_scope_without_a_period_leaves_the_link_unused(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.holds("manager", SOUTH)
    token = site.desk.run_now(
        lambda session: links.make(session, site.world.tenant, site.world.person, "report", {"unit": NORTH}, AT)
    )

    assert (await site.presses(token))[0] == 503
    assert (await site.client.get(addresses.PATHS["report"], params={"l": token})).status == 503
    assert "Norra" not in caplog.text
    assert scalar(site.desk, "select count(*) from link where used_at is not null") == 0
