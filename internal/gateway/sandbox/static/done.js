// Back from the issuer, in a frame of the merchant's page: the widget script
// there checks the address and goes on to it.
(function () {
  "use strict";
  var set = document.getElementById("done").dataset;
  if (window.parent !== window && set.origin) {
    window.parent.postMessage({ say: "leave", checkout: set.checkout, address: set.address }, set.origin);
  }
})();
