-- The gateway's own books. Times are milliseconds since 1970 on the gateway's
-- clock; amounts are hundredths of the currency, as the protocol writes them.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

CREATE TABLE probed (
    entity_id TEXT NOT NULL,
    url       TEXT NOT NULL,
    PRIMARY KEY (entity_id, url)
) STRICT;

CREATE TABLE checkouts (
    id                      TEXT PRIMARY KEY,
    entity_id               TEXT NOT NULL,
    merchant_transaction_id TEXT NOT NULL,
    merchant_invoice_id     TEXT NOT NULL,
    type                    TEXT NOT NULL CHECK (type IN ('DB', 'PA', 'RG')),
    amount                  INTEGER NOT NULL CHECK (amount > 0 OR type = 'RG'),
    currency                TEXT NOT NULL,              -- empty for RG
    create_registration     INTEGER NOT NULL,
    standing                TEXT NOT NULL,              -- JSON, or empty
    shopper_result_url      TEXT NOT NULL,
    return_to               TEXT NOT NULL DEFAULT '',   -- where a submitted card was to lead on to
    called_back             INTEGER NOT NULL DEFAULT 0, -- the gateway has called return_to itself
    created_at              INTEGER NOT NULL,
    asked_at                INTEGER NOT NULL DEFAULT 0, -- latest status answer
    asked_before_at         INTEGER NOT NULL DEFAULT 0, -- the one before
    told                    TEXT NOT NULL DEFAULT ''    -- payment whose final state was told already
) STRICT;

CREATE TABLE payments (
    seq                     INTEGER PRIMARY KEY AUTOINCREMENT,
    id                      TEXT NOT NULL UNIQUE,
    entity_id               TEXT NOT NULL,
    checkout_id             TEXT NOT NULL,
    referenced_id           TEXT NOT NULL,
    merchant_transaction_id TEXT NOT NULL,
    merchant_invoice_id     TEXT NOT NULL,
    type                    TEXT NOT NULL CHECK (type IN ('DB', 'PA', 'CP', 'RF', 'RV', 'RG', 'CB', 'CBR', 'RDR')),
    amount                  INTEGER NOT NULL CHECK (amount > 0 OR type = 'RG'),
    currency                TEXT NOT NULL,              -- empty for RG
    state                   TEXT NOT NULL CHECK (state IN ('approved', 'pending', 'declined')),
    code                    TEXT NOT NULL,
    advice                  TEXT NOT NULL,              -- Mastercard's MAC
    category                TEXT NOT NULL,              -- Visa's category
    brand                   TEXT NOT NULL,
    bin                     TEXT NOT NULL,
    last4                   TEXT NOT NULL,
    expiry_month            TEXT NOT NULL,
    expiry_year             TEXT NOT NULL,
    holder                  TEXT NOT NULL,
    flow                    TEXT NOT NULL,
    registration_id         TEXT NOT NULL,
    initial_id              TEXT NOT NULL,
    standing                TEXT NOT NULL,              -- JSON, or empty
    booked_at               INTEGER NOT NULL,
    changed_at              INTEGER NOT NULL,
    settle_at               INTEGER NOT NULL DEFAULT 0  -- 0: not by itself
) STRICT;

CREATE INDEX payments_by_merchant ON payments (entity_id, merchant_transaction_id, seq);
CREATE INDEX payments_by_checkout ON payments (checkout_id, seq);
CREATE INDEX payments_by_reference ON payments (referenced_id, seq);
CREATE INDEX payments_to_settle ON payments (settle_at) WHERE settle_at > 0;

-- Stored cards. The id is the token.
CREATE TABLE registrations (
    id           TEXT PRIMARY KEY,
    entity_id    TEXT NOT NULL,
    payment_id   TEXT NOT NULL REFERENCES payments (id),
    brand        TEXT NOT NULL,
    bin          TEXT NOT NULL,
    last4        TEXT NOT NULL,
    expiry_month TEXT NOT NULL,
    expiry_year  TEXT NOT NULL,
    holder       TEXT NOT NULL,
    initial_id   TEXT NOT NULL,
    answers      TEXT NOT NULL,                         -- result of its charges, empty: approved
    created_at   INTEGER NOT NULL,
    deleted_at   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX checkouts_left ON checkouts (created_at) WHERE return_to <> '' AND called_back = 0;

-- Cards submitted whose decision is kept back, as a slow challenge does.
CREATE TABLE held (
    checkout_id  TEXT PRIMARY KEY REFERENCES checkouts (id),
    code         TEXT NOT NULL,
    amount       INTEGER NOT NULL,
    brand        TEXT NOT NULL,
    bin          TEXT NOT NULL,
    last4        TEXT NOT NULL,
    expiry_month TEXT NOT NULL,
    expiry_year  TEXT NOT NULL,
    holder       TEXT NOT NULL,
    flow         TEXT NOT NULL,
    release_at   INTEGER NOT NULL DEFAULT 0             -- 0: not by itself
) STRICT;

-- What issuers ask their cardholders. An open challenge keeps its checkout busy
-- and is in nobody's books; what it ends with is.
CREATE TABLE challenges (
    id           TEXT PRIMARY KEY,                      -- unguessable: who knows it may answer
    checkout_id  TEXT NOT NULL REFERENCES checkouts (id),
    code         TEXT NOT NULL,                         -- result when the cardholder approves
    amount       INTEGER NOT NULL,
    brand        TEXT NOT NULL,
    bin          TEXT NOT NULL,
    last4        TEXT NOT NULL,
    expiry_month TEXT NOT NULL,
    expiry_year  TEXT NOT NULL,
    holder       TEXT NOT NULL,
    flow         TEXT NOT NULL,                         -- how it ends when the cardholder approves
    target       TEXT NOT NULL,                         -- where the shopper goes on
    locale       TEXT NOT NULL,
    begun_at     INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    ending       TEXT NOT NULL DEFAULT ''               -- 'approved', 'rejected', 'cancelled', 'expired'; '' while open
) STRICT;

CREATE UNIQUE INDEX challenges_open ON challenges (checkout_id) WHERE ending = '';
CREATE INDEX challenges_to_end ON challenges (ends_at) WHERE ending = '';

CREATE TABLE notifications (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    entity_id   TEXT NOT NULL,
    payment_id  TEXT NOT NULL,
    plain       TEXT NOT NULL,
    made_at     INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    after_next  INTEGER NOT NULL DEFAULT 0,             -- lets the next one overtake it
    tries       INTEGER NOT NULL DEFAULT 0,
    last_status INTEGER NOT NULL DEFAULT 0,             -- HTTP status, 0 without an answer
    ended       TEXT NOT NULL DEFAULT ''                -- 'delivered' or 'given up'
) STRICT;

CREATE INDEX notifications_due ON notifications (entity_id, due_at, seq) WHERE ended = '';
CREATE INDEX notifications_by_payment ON notifications (payment_id, seq);
