// Quittance's checkout in a page of a merchant's own, version 1.
//
//   <div data-quittance="EMBED_URL" data-quittance-renew="RENEW_URL"></div>
//
// or Quittance.mount(element, embedURL, renew), which also takes the place of what is
// mounted there. When its time is over the frame lets the customer start again, if the
// page can have it renewed: RENEW_URL is posted to and answers {"embed_url": "…"}, or
// renew is a function that gives such an address, or a promise of it. What happens is told by events of the name
// "quittance" on the element; their detail.type is ready, approved, declined,
// expired, closed or refused. After approved the page goes on to detail.redirect,
// where the order has one, unless the event's default is prevented.
(function () {
  "use strict";
  var base = new URL(document.currentScript.src).origin;
  var german = /^de\b/i.test(document.documentElement.lang);
  var told = ["ready", "approved", "declined", "expired", "closed"];
  var words = german
    ? { title: "Zahlung", host: "Diese Seite darf die Zahlung nicht anzeigen; ohne sie wird hier nichts abgebucht. Bitte wenden Sie sich an den Anbieter der Seite.", blocked: "Die Zahlung kann hier nicht angezeigt werden; Sie werden nicht doppelt belastet. Bitte laden Sie die Seite neu.",
        lost: "Die Zahlung kann gerade nicht angezeigt werden. Ob Geld abgebucht wurde, steht noch nicht fest. Bitte zahlen Sie nicht noch einmal, sondern laden Sie die Seite neu." }
    : { title: "Payment", host: "This page may not show the payment; without it nothing is charged here. Please contact whoever runs the page.", blocked: "The payment cannot be shown here; you will not be charged twice. Please load the page again.",
        lost: "The payment cannot be shown right now. We don't know yet whether money was taken. Don't pay again; please load the page again." };
  var mounted = new WeakMap(); // of places: what is there

  // hostOf is the origin that an address was made for; the server checks it, this
  // only says so in words.
  function hostOf(address) {
    try {
      return atob(address.searchParams.get("t").split(".")[2].replace(/-/g, "+").replace(/_/g, "/"));
    } catch (e) {
      return "";
    }
  }

  // from asks an address of the page's own site for another frame's.
  function from(address) {
    return function () {
      return fetch(address, { method: "POST", credentials: "same-origin", headers: { Accept: "application/json" } }).then(function (answer) {
        if (!answer.ok) { throw new Error("renew: " + answer.status); }
        return answer.json();
      }).then(function (told) { return told.embed_url; });
    };
  }

  function mount(place, url, renew) {
    var address;
    try { address = new URL(url); } catch (e) { address = null; }
    var checkout = address && address.origin === base && /^\/embed\/([a-z0-9_]+)$/.exec(address.pathname);
    var frame = document.createElement("iframe");
    var note = document.createElement("p");
    note.setAttribute("role", "alert");

    function report(type, detail) {
      detail.type = type;
      return place.dispatchEvent(new CustomEvent("quittance", { bubbles: true, cancelable: true, detail: detail }));
    }

    function refuse(text, reason) {
      note.textContent = text;
      frame.style.display = "none";
      place.appendChild(note);
      report("refused", { reason: reason });
    }

    function tell(what) {
      if (frame.contentWindow) { frame.contentWindow.postMessage({ quittance: 1, say: what, renew: !!renew }, base); }
    }

    // again puts another frame in this one's place; where there is none to be had, this
    // one looks at what became of its checkout.
    function again() {
      if (!renew || renewing) { return; }
      renewing = true;
      new Promise(function (done) { done(renew()); }).then(function (next) {
        if (!next) { throw new Error("renew: no address"); }
        if (mounted.get(place) === here) {
          mount(place, next, renew);
          place.firstElementChild.focus();
        }
      }).catch(function () {
        renewing = false;
        tell("unrenewed");
      });
    }

    function close() {
      window.clearTimeout(silent);
      window.removeEventListener("message", hear);
      frame.remove();
      note.remove();
    }

    function hear(event) {
      var m = event.data;
      if (event.origin !== base || event.source !== frame.contentWindow || !m || m.quittance !== 1 || m.checkout !== checkout[1]) {
        return;
      }
      window.clearTimeout(silent);
      note.remove();
      frame.style.display = "block";
      if (m.say === "height" && m.height > 0) {
        frame.style.height = Math.min(4000, m.height) + "px";
        return;
      }
      if (m.say === "renew") { again(); }
      if (told.indexOf(m.say) < 0 || (m.say === "ready" && ready)) {
        return;
      }
      ready = true;
      if (m.say === "closed") {
        close();
      } else if (m.say !== "ready") {
        place.scrollIntoView({ block: "nearest" });
      }
      var detail = { checkout: checkout[1] };
      ["order_id", "status", "timestamp", "key_id", "signature", "redirect"].forEach(function (name) {
        if (m[name]) { detail[name] = String(m[name]); }
      });
      if (report(m.say, detail) && m.say === "approved" && /^https?:\/\//.test(detail.redirect || "")) {
        window.location.assign(detail.redirect);
      }
    }

    var ready = false;
    var renewing = false;
    var silent = 0;
    var here = { close: close };
    if (mounted.has(place)) { mounted.get(place).close(); }
    mounted.set(place, here);
    place.replaceChildren();
    if (!checkout || hostOf(address) !== window.location.origin) {
      refuse(words.host, "host");
      return here;
    }
    frame.title = words.title;
    frame.allow = "payment";
    frame.referrerPolicy = "no-referrer";
    frame.style.display = "block";
    frame.style.width = "100%";
    frame.style.height = "480px";
    frame.style.border = "0";
    frame.addEventListener("load", function () {
      window.clearTimeout(silent);
      silent = window.setTimeout(function () { refuse(ready ? words.lost : words.blocked, "blocked"); }, 4000);
      tell("hello");
    });
    window.addEventListener("message", hear);
    frame.src = address.href;
    place.appendChild(frame);
    return here;
  }

  window.Quittance = Object.freeze({ version: 1, mount: mount });

  function start() {
    document.querySelectorAll("[data-quittance]").forEach(function (place) {
      var address = place.getAttribute("data-quittance-renew");
      mount(place, place.getAttribute("data-quittance"), address ? from(address) : null);
    });
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
