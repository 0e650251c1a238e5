"""The form and the card as Microsoft's samples for botbuilder 4.17 do it: CloudAdapter, a waterfall, MemoryStorage."""

import os
from types import SimpleNamespace
from typing import Any

from aiohttp import web
from botbuilder.core import (
    ActivityHandler,
    CardFactory,
    ConversationState,
    InvokeResponse,
    MemoryStorage,
    MessageFactory,
    TurnContext,
    UserState,
)
from botbuilder.dialogs import ComponentDialog, DialogSet, DialogTurnStatus, WaterfallDialog, WaterfallStepContext
from botbuilder.dialogs.choices import Choice
from botbuilder.dialogs.prompts import ChoicePrompt, ConfirmPrompt, PromptOptions, TextPrompt
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import AdaptiveCardInvokeResponse

from bench.peers.bots import words


def _asked(text: str, **more: Any) -> Any:
    return PromptOptions(prompt=MessageFactory.text(text), **more)


class Form(ComponentDialog):
    """The form as a waterfall of prompts."""

    def __init__(self, answers: Any) -> None:
        super().__init__("form")
        self._answers = answers
        for prompt in (ChoicePrompt("choice"), TextPrompt("text"), ConfirmPrompt("confirm")):
            self.add_dialog(prompt)
        steps = [self._kind, self._case, self._heard, self._why, self._save, self._end]
        self.add_dialog(WaterfallDialog("steps", steps))
        self.initial_dialog_id = "steps"

    async def _kind(self, step: WaterfallStepContext) -> Any:
        return await step.prompt("choice", _asked(words.WHICH_KIND, choices=[Choice(kind) for kind in words.KINDS]))

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
        answers = await self._answers.get(step.context, dict)
        answers.update({name: step.values[name] for name in ("kind", "case", "heard", "why")})
        await step.context.send_activity(words.saved(answers["case"]))
        return await step.end_dialog()


class Bot(ActivityHandler):
    """Passes typed lines to the form, and answers a press in its own response."""

    def __init__(self) -> None:
        storage = MemoryStorage()
        self._conversation, self._user = ConversationState(storage), UserState(storage)
        self._stack = self._conversation.create_property("stack")
        self._presses = self._conversation.create_property("presses")
        self._form = Form(self._user.create_property("answers"))

    async def on_turn(self, turn_context: TurnContext) -> None:
        """Run the turn, and save the state after it."""
        await super().on_turn(turn_context)
        await self._conversation.save_changes(turn_context)
        await self._user.save_changes(turn_context)

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Continue the form, or begin it; `card` posts the card."""
        if turn_context.activity.text == "card":
            card = CardFactory.adaptive_card(words.card(0))
            await turn_context.send_activity(MessageFactory.attachment(card))
            return
        dialogs = DialogSet(self._stack)
        dialogs.add(self._form)
        context = await dialogs.create_context(turn_context)
        if (await context.continue_dialog()).status == DialogTurnStatus.Empty:
            await context.begin_dialog("form")

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """Answer a press. The body is left a model: the handler of 4.17.1 would serialise it twice, and answer 500."""
        presses = await self._presses.get(turn_context, int) + 1
        await self._presses.set(turn_context, presses)
        shown = AdaptiveCardInvokeResponse(
            status_code=200, type="application/vnd.microsoft.card.adaptive", value=words.card(presses)
        )
        return InvokeResponse(status=200, body=shown)


def serve(adapter: CloudAdapter) -> None:
    """Answer on PORT."""
    bot = Bot()

    async def messages(request: web.Request) -> web.Response:
        return await adapter.process(request, bot)  # type: ignore[no-any-return]

    app = web.Application()
    app.router.add_post("/api/messages", messages)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None, access_log=None)


NO_APP_ID = SimpleNamespace(APP_ID="", APP_PASSWORD="")
"""Settings with which tokens are not checked."""

if __name__ == "__main__":
    serve(CloudAdapter(ConfigurationBotFrameworkAuthentication(NO_APP_ID)))
