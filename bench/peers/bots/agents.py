"""The form with the Microsoft 365 Agents SDK: CloudAdapter, a waterfall of its dialogs, MemoryStorage."""

import logging
import os
from typing import Any

from aiohttp import web
from microsoft_agents.hosting.aiohttp import CloudAdapter
from microsoft_agents.hosting.core import (
    ActivityHandler,
    ConversationState,
    MemoryStorage,
    MessageFactory,
    TurnContext,
    UserState,
)
from microsoft_agents.hosting.core.authorization import AnonymousTokenProvider
from microsoft_agents.hosting.core.storage import StoreItem
from microsoft_agents.hosting.dialogs import (
    ComponentDialog,
    DialogSet,
    DialogTurnStatus,
    WaterfallDialog,
    WaterfallStepContext,
)
from microsoft_agents.hosting.dialogs.choices import Choice
from microsoft_agents.hosting.dialogs.prompts import ChoicePrompt, ConfirmPrompt, PromptOptions, TextPrompt

from bench.peers.bots import words


class Answers(StoreItem):
    """The answers given in the form."""

    def __init__(self, **given: Any) -> None:
        self.given = given

    def store_item_to_json(self) -> dict[str, Any]:
        """Return the answers as they are stored."""
        return self.given

    @staticmethod
    def from_json_to_store_item(json_data: dict[str, Any]) -> "Answers":
        """Return the answers from what was stored."""
        return Answers(**json_data)


class Anonymous:
    """Connections for a bot without an app id: whichever is asked for, its tokens are anonymous."""

    def get_connection(self, _name: str) -> Any:
        """Return the connection of any name."""
        return AnonymousTokenProvider()

    def get_default_connection(self) -> Any:
        """Return the connection for services that have none of their own."""
        return AnonymousTokenProvider()

    def get_token_provider(self, *_about: Any) -> Any:
        """Return the token provider for a service."""
        return AnonymousTokenProvider()

    def get_token_provider_from_activity(self, *_about: Any) -> Any:
        """Return the token provider for the service of an activity."""
        return AnonymousTokenProvider()

    def get_default_connection_configuration(self) -> None:
        """Return no configuration."""


def _asked(text: str, **more: Any) -> Any:
    return PromptOptions(prompt=MessageFactory.text(text), **more)


class Form(ComponentDialog):
    """The form as a waterfall of prompts."""

    def __init__(self) -> None:
        super().__init__("form")
        for prompt in (ChoicePrompt("choice"), TextPrompt("text"), ConfirmPrompt("confirm")):
            self.add_dialog(prompt)
        steps = [self._kind, self._case, self._heard, self._why, self._save, self._end]
        self.add_dialog(WaterfallDialog("steps", steps))
        self.initial_dialog_id = "steps"

    async def _kind(self, step: WaterfallStepContext) -> Any:
        choices = [Choice(value=kind) for kind in words.KINDS]
        return await step.prompt("choice", _asked(words.WHICH_KIND, choices=choices))

    async def _case(self, step: WaterfallStepContext) -> Any:
        step.values["kind"] = step.result.value
        return await step.prompt("text", _asked(words.WHICH_CASE))

    async def _heard(self, step: WaterfallStepContext) -> Any:
        step.values["case"] = step.result
        return await step.prompt("confirm", _asked(words.WAS_HEARD))

    async def _why(self, step: WaterfallStepContext) -> Any:
        step.values["heard"] = step.result
        return await step.prompt("text", _asked(words.WHY_NOT))

    async def _save(self, step: WaterfallStepContext) -> Any:
        step.values["why"] = step.result
        return await step.prompt("confirm", _asked(words.SAVE))

    async def _end(self, step: WaterfallStepContext) -> Any:
        await step.context.send_activity(words.THANKS)
        given = {name: step.values[name] for name in ("kind", "case", "heard", "why")}
        await step.context.turn_state["answers"].set(step.context, Answers(**given))
        await step.context.send_activity(words.saved(given["case"]))
        return await step.end_dialog()


class Bot(ActivityHandler):
    """Passes typed lines to the form.

    The states are created anew each turn: in 1.9.0 they keep what they have loaded, so that one shared by turns would
    give a conversation the answers of another.
    """

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self._form = Form()

    async def on_turn(self, turn_context: TurnContext) -> None:
        """Run the turn between loading and saving the state."""
        states = ConversationState(self._storage), UserState(self._storage)
        turn_context.turn_state["stack"] = states[0].create_property("stack")
        turn_context.turn_state["answers"] = states[1].create_property("answers")
        for state in states:
            await state.load(turn_context)
        await super().on_turn(turn_context)
        for state in states:
            await state.save(turn_context)

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Continue the form, or begin it."""
        dialogs = DialogSet(turn_context.turn_state["stack"])
        dialogs.add(self._form)
        context = await dialogs.create_context(turn_context)
        if (await context.continue_dialog()).status == DialogTurnStatus.Empty:
            await context.begin_dialog("form")


def main() -> None:
    """Answer on PORT, without checking tokens."""
    logging.disable(logging.WARNING)  # without an app id it would warn at each turn
    bot, adapter = Bot(), CloudAdapter(connection_manager=Anonymous())

    async def messages(request: web.Request) -> web.Response:
        return await adapter.process(request, bot)  # type: ignore[no-any-return]

    app = web.Application()
    app.router.add_post("/api/messages", messages)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None, access_log=None)


if __name__ == "__main__":
    main()
