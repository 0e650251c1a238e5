"""The part of Bot Connector REST v3 that bots use in personal chats: post, update, delete, members, create.

Source for bodies and errors: the Bot Framework REST reference, "Bot Connector API".
"""

import json

from aiohttp import web

from tryout.activities import Json, Person, utc_text
from tryout.guard import json_object
from tryout.room import ROOM


async def post_activity(request: web.Request) -> web.Response:
    """Store and show a message; only show `typing`; accept and ignore other types."""
    room = request.app[ROOM]
    person = _installed(request)
    activity: Json = await json_object(request)
    if activity.get("type") == "typing":
        room.pages.tell({"do": "typing", "person": person.object_id})
    if activity.get("type") != "message":
        return web.json_response({"id": ""})
    entry = room.history.post(person.conversation_id, activity, utc_text(room.now()))
    room.tell_entry("post", person, entry)
    return web.json_response({"id": entry.id})


async def put_activity(request: web.Request) -> web.Response:
    """Replace a posted message on every open page."""
    room = request.app[ROOM]
    person = _installed(request)
    activity: Json = await json_object(request)
    entry = room.history.update(person.conversation_id, request.match_info["activity"], activity)
    if entry is None:
        raise _error(web.HTTPNotFound, "ActivityNotFoundInConversation")
    room.tell_entry("update", person, entry)
    return web.json_response({"id": entry.id})


async def delete_activity(request: web.Request) -> web.Response:
    """Delete a posted message, leaving a note that there was one."""
    room = request.app[ROOM]
    person = _installed(request)
    entry = room.history.delete(person.conversation_id, request.match_info["activity"])
    if entry is None:
        raise _error(web.HTTPNotFound, "ActivityNotFoundInConversation")
    room.tell_entry("delete", person, entry)
    return web.json_response({})


async def get_member(request: web.Request) -> web.Response:
    """Return a member's profile, by channel id or object id, as in Teams."""
    person = _owner(request)
    if request.match_info["member"] not in (person.user_id, person.object_id):
        raise _error(web.HTTPNotFound, "MemberNotFoundInConversation")
    return web.json_response(_member(person))


async def get_members(request: web.Request) -> web.Response:
    """Return the only member of a personal chat, as a single page of results."""
    return web.json_response({"members": [_member(_owner(request))]})


async def create_conversation(request: web.Request) -> web.Response:
    """Return the personal chat with a person; 403, as in Teams, if she has not installed the app."""
    room = request.app[ROOM]
    body: Json = await json_object(request)
    try:
        member = body["members"][0]["id"]
    except (KeyError, IndexError, TypeError):
        raise _error(web.HTTPBadRequest, "BadSyntax") from None
    person = next((one for one in room.people if member in (one.user_id, one.object_id)), None)
    if person is None or not room.history.conversation(person.conversation_id).opened:
        raise _error(web.HTTPForbidden, "BotNotInConversationRoster")
    return web.json_response({"id": person.conversation_id}, status=201)


def _owner(request: web.Request) -> Person:
    person = request.app[ROOM].owner(request.match_info["conversation"])
    if person is None:
        raise _error(web.HTTPNotFound, "ConversationNotFound")
    return person


def _installed(request: web.Request) -> Person:
    person = _owner(request)
    if not request.app[ROOM].history.conversation(person.conversation_id).opened:
        raise _error(web.HTTPForbidden, "BotNotInConversationRoster")
    return person


def _member(person: Person) -> Json:
    return {
        "id": person.user_id,
        "name": person.name,
        "objectId": person.object_id,
        "aadObjectId": person.object_id,
        "tenantId": person.tenant_id,
        "userRole": "user",
    }


def _error(kind: type[web.HTTPError], code: str) -> web.HTTPError:
    body = json.dumps({"error": {"code": code, "message": code}})
    return kind(text=body, content_type="application/json")
