// For the widget: its options, before its script.
window.wpwlOptions = { locale: "en" };

// For the frame: what happens in it. After approved the page goes on to the order's
// redirect_url by itself, unless you call event.preventDefault().
addEventListener("quittance", function (event) {
  var heard = JSON.parse(sessionStorage.heard || "[]");
  heard.push(event.detail); // type: ready, approved, declined, expired, closed or refused
  sessionStorage.heard = JSON.stringify(heard);
});
