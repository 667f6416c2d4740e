// Options of the gateway's payment widget, taken from the data- attributes of
// this script's own tag. It must run before the widget's script, which looks for
// window.wpwlOptions once, when it starts.
(function () {
  "use strict";
  var data = document.currentScript.dataset;
  window.wpwlOptions = {
    locale: data.locale,
    paymentTarget: data.paymentTarget,
    shopperResultTarget: data.shopperResultTarget
  };
})();
