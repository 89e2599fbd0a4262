"""The whole stand-in: every API of both platforms at one address.

Official account: tokens, customer-service and template messages, menus, QR codes, followers,
quotas. WeCom: token, messages, cards, menus, the app. What each checks, refuses and quietly drops
stands in the module that answers it; ``bot.sandbox.gate`` has what all calls have in common.
"""

from starlette.routing import Route

from bot.sandbox.gate import routes
from bot.sandbox.menus import MENU_APIS
from bot.sandbox.official_api import OFFICIAL_APIS
from bot.sandbox.push import Pusher
from bot.sandbox.template_api import template_apis
from bot.sandbox.wecom_api import WECOM_APIS
from bot.sandbox.world import World


def api_routes(world: World, pusher: Pusher | None = None) -> list[Route]:
    """Give the routes of everything but photos and voices.

    Args:
        world: the state that the calls change.
        pusher: carries what a call brings about later (TEMPLATESENDJOBFINISH); one of its own by
            default.
    """
    apis = (*OFFICIAL_APIS, *template_apis(pusher or Pusher(world)), *MENU_APIS, *WECOM_APIS)
    return routes(world, apis)
