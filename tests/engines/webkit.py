"""Opens pages in WebKitGTK, told by lines of JSON: {"id", "do", "page", ...} gives {"id", "value"} or {"id", "error"}.

WebKitWebDriver would not do: the browser that it starts keeps no profile.
"""

import ctypes
import json
import os
import pathlib
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gdk, GLib, Gtk, WebKit2  # noqa: E402

profile, downloads, proxy, dark = sys.argv[1:]
manager = WebKit2.WebsiteDataManager(base_data_directory=profile + "/data", base_cache_directory=profile + "/cache")
proxies = WebKit2.NetworkProxySettings.new(proxy, ["127.0.0.1", "localhost", "*.localhost"])
manager.set_network_proxy_settings(WebKit2.NetworkProxyMode.CUSTOM, proxies)
context = WebKit2.WebContext(website_data_manager=manager)
Gtk.Settings.get_default().props.gtk_enable_animations = False
Gtk.Settings.get_default().props.gtk_application_prefer_dark_theme = dark == "dark"
windows = {}
picked = {}
answers = {}
rest = b""

# keys and clicks that only the X server can tell from those of a person
x11 = ctypes.CDLL("libX11.so.6")
xtest = ctypes.CDLL("libXtst.so.6")
x11.XOpenDisplay.restype = ctypes.c_void_p
display = ctypes.c_void_p(x11.XOpenDisplay(None))
keymap = Gdk.Keymap.get_for_display(Gdk.Display.get_default())


def answer(number, **what):
    print(json.dumps({"id": number, **what}), flush=True)


def opened(number):
    view = WebKit2.WebView(web_context=context)
    window = Gtk.Window(default_width=800, default_height=600)
    window.add(view)
    window.show_all()
    windows[str(number)] = (window, view)
    view.connect("run-file-chooser", lambda _, request: chosen(str(number), request))
    view.connect("script-dialog", lambda _, dialog: asked(str(number), dialog))
    # what the user or the page closes goes as in any browser: first the page is asked, then its window ends
    view.connect("close", lambda _: (windows.pop(str(number)), window.destroy(), None)[2])
    answer(number, value=str(number))


def saved(_, download):
    def named(download, name):
        download.set_destination(pathlib.Path(downloads, name).as_uri())
        return True

    download.connect("decide-destination", named)


context.connect("download-started", saved)


def chosen(page, request):
    request.select_files(picked.pop(page, []))
    print(json.dumps({"page": page, "chosen": True}), flush=True)
    return True


def asked(page, dialog):
    kinds = {WebKit2.ScriptDialogType.BEFORE_UNLOAD_CONFIRM: "beforeunload", WebKit2.ScriptDialogType.CONFIRM: "confirm"}
    kind = kinds.get(dialog.get_dialog_type(), "alert")
    print(json.dumps({"page": page, "asked": kind}), flush=True)
    if kind != "alert":
        dialog.confirm_set_confirmed(answers.get(page, True))
    return True


def focused(window, view):
    window.get_window().raise_()
    window.get_window().focus(Gdk.CURRENT_TIME)
    view.grab_focus()
    while Gtk.events_pending():
        Gtk.main_iteration()


def clicked(number, window, view, x, y, times):
    focused(window, view)
    _, left, top = view.get_window().get_origin()
    xtest.XTestFakeMotionEvent(display, -1, round(left + x), round(top + y), 0)
    for _ in range(times):
        xtest.XTestFakeButtonEvent(display, 1, 1, 0)
        xtest.XTestFakeButtonEvent(display, 1, 0, 0)
    x11.XSync(display, 0)
    answer(number, value=None)


def typed(number, window, view, names):
    focused(window, view)
    for name in names:
        _, keys = keymap.get_entries_for_keyval(Gdk.keyval_from_name(name))
        shift = keymap.get_entries_for_keyval(Gdk.KEY_Shift_L)[1][0].keycode
        if keys[0].level == 1:
            xtest.XTestFakeKeyEvent(display, shift, 1, 0)
        xtest.XTestFakeKeyEvent(display, keys[0].keycode, 1, 0)
        xtest.XTestFakeKeyEvent(display, keys[0].keycode, 0, 0)
        if keys[0].level == 1:
            xtest.XTestFakeKeyEvent(display, shift, 0, 0)
    x11.XSync(display, 0)
    answer(number, value=None)


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


def resized(number, window, width, height):
    window.set_size_request(0, 0)
    window.resize(width, height)
    answer(number, value=None)


def perform(number, do, page=None, url=None, body=None, **more):
    if do == "open":
        return opened(number)
    if do == "quit":
        for window, _ in list(windows.values()):
            window.destroy()
        answer(number, value=None)
        return Gtk.main_quit()
    if page not in windows:
        return answer(number, error="the page was closed")
    window, view = windows[page]
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
    elif do == "click":
        clicked(number, window, view, **more)
    elif do == "type":
        typed(number, window, view, **more)
    elif do == "pick":
        picked[page] = more["paths"]
        answer(number, value=None)
    elif do == "answer":
        answers[page] = more["yes"]
        answer(number, value=None)
    elif do == "resize":
        resized(number, window, **more)


def heard(channel, condition):
    global rest
    more = os.read(0, 65536)
    if not more:
        Gtk.main_quit()
        return False
    *lines, rest = (rest + more).split(b"\n")
    for line in lines:
        command = json.loads(line)
        perform(command.pop("id"), command.pop("do"), **command)
    return True


GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, heard)
print(json.dumps({"ready": WebKit2.get_major_version()}), flush=True)
Gtk.main()
