// Options of the gateway's payment widget, taken from the data- attributes of
// this script's own tag. It must run before the widget's script, which looks for
// window.wpwlOptions once, when it starts.
(function () {
  "use strict";
  var data = document.currentScript.dataset;

  // refused is called when the gateway takes no card on this checkout: it is paid,
  // under way or over, and we may not know it yet. The return address asks. When it
  // has led back here, and the gateway still refuses, the reader may start again.
  function refused(error) {
    if (error.name !== "InvalidCheckoutIdError") {
      return;
    }
    var form = document.querySelector("form.paymentWidgets");
    var asked = "asked " + new URL(form.action).pathname;
    if (window.sessionStorage.getItem(asked)) {
      document.getElementById("renew").hidden = false;
      return;
    }
    window.sessionStorage.setItem(asked, "yes");
    window.location.replace(form.action);
  }

  window.wpwlOptions = {
    locale: data.locale,
    paymentTarget: data.paymentTarget,
    shopperResultTarget: data.shopperResultTarget,
    onError: refused
  };
})();
