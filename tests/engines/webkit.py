"""Opens pages in WebKitGTK, told by lines of JSON: {"id", "do", "page", ...} gives {"id", "value"} or {"id", "error"}.

WebKitWebDriver would not do: the browser that it starts keeps no profile.
"""

import json
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

profile = sys.argv[1]
manager = WebKit2.WebsiteDataManager(base_data_directory=profile + "/data", base_cache_directory=profile + "/cache")
context = WebKit2.WebContext(website_data_manager=manager)
windows = {}


def answer(number, **what):
    print(json.dumps({"id": number, **what}), flush=True)


def opened(number):
    view = WebKit2.WebView(web_context=context)
    window = Gtk.Window(default_width=800, default_height=600)
    window.add(view)
    window.show_all()
    windows[str(number)] = (window, view)
    # what the user or the page closes goes as in any browser: first the page is asked, then its window ends
    view.connect("close", lambda _: (windows.pop(str(number)), window.destroy(), None)[2])
    answer(number, value=str(number))


def loaded(number, view, start):
    handlers = []

    def end(**what):
        for handler in handlers:
            view.disconnect(handler)
        handlers.clear()
        answer(number, **what)

    def changed(_, event):
        if event == WebKit2.LoadEvent.FINISHED and handlers:
            end(value=None)

    def failed(_, event, url, error):
        if handlers:
            end(error=f"{url}: {error.message}")
        return True

    handlers.append(view.connect("load-changed", changed))
    handlers.append(view.connect("load-failed", failed))
    start()


def evaluated(number, view, body):
    def done(view, result):
        try:
            value = view.call_async_javascript_function_finish(result)
            answer(number, value=value.to_string() if value.is_string() else None)
        except GLib.Error as error:
            answer(number, error=error.message)

    view.call_async_javascript_function(body, -1, None, None, None, None, done)


def closed(number, page):
    _, view = windows[page]
    view.connect("destroy", lambda _: answer(number, value=None))
    view.try_close()


def perform(number, do, page=None, url=None, body=None):
    if do == "open":
        return opened(number)
    if do == "quit":
        for window, _ in list(windows.values()):
            window.destroy()
        answer(number, value=None)
        return Gtk.main_quit()
    if page not in windows:
        return answer(number, error="the page was closed")
    _, view = windows[page]
    if do == "goto":
        loaded(number, view, lambda: view.load_uri(url))
    elif do == "evaluate":
        evaluated(number, view, body)
    elif do == "reload":
        loaded(number, view, view.reload)
    elif do == "back":
        loaded(number, view, view.go_back)
    elif do == "forward":
        loaded(number, view, view.go_forward)
    elif do == "close":
        closed(number, page)


def heard(channel, condition):
    line = sys.stdin.readline()
    if not line:
        Gtk.main_quit()
        return False
    command = json.loads(line)
    perform(command.pop("id"), command.pop("do"), **command)
    return True


GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, heard)
print(json.dumps({"ready": WebKit2.get_major_version()}), flush=True)
Gtk.main()
