// Options of the gateway's payment widget, taken from the data- attributes of
// this script's own tag. It must run before the widget's script, which looks for
// window.wpwlOptions once, when it starts.
(function () {
  "use strict";
  var data = document.currentScript.dataset;

  // The card fields were shown.
  var ready = false;

  // refused is called when the gateway takes no card. Where it never showed the
  // fields, the checkout is paid or under way, and we do not know yet: the return
  // address asks. Once only, lest two pages send each other the reader for ever.
  // Beside fields the gateway's own words stand.
  function refused(error) {
    var form = document.querySelector("form.paymentWidgets");
    var asked = "asked " + new URL(form.action).pathname;
    if (error.name !== "InvalidCheckoutIdError" || ready || window.sessionStorage.getItem(asked)) {
      return;
    }
    window.sessionStorage.setItem(asked, "yes");
    window.location.replace(form.action);
  }

  window.wpwlOptions = {
    locale: data.locale,
    paymentTarget: data.paymentTarget,
    shopperResultTarget: data.shopperResultTarget,
    onReady: function () { ready = true; },
    onError: refused
  };
})();
