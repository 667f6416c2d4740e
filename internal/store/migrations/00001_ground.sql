-- One text for both engines. BYTEA is a plain column to SQLite; instants are
-- BIGINT milliseconds since 1970 in UTC, dates are TEXT 'YYYY-MM-DD', so that
-- both engines store, compare and sort them alike. What stands in /*WITHOUT ROWID*/
-- is SQLite's alone: such a table lies in its primary key, and a row of it is
-- found in one search instead of two.

-- +goose Up
CREATE TABLE profiles (
    id          TEXT    NOT NULL PRIMARY KEY,
    number      BIGINT  NOT NULL UNIQUE,
    mode        TEXT    NOT NULL CHECK (mode IN ('live', 'sandbox')),
    name        TEXT    NOT NULL,
    locale      TEXT    NOT NULL,
    time_zone   TEXT    NOT NULL,
    details     TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    row_version BIGINT  NOT NULL
) /*WITHOUT ROWID*/;

-- Logos stay after a change, since pages and papers name them by their content.
CREATE TABLE profile_logos (
    profile_id TEXT   NOT NULL REFERENCES profiles (id),
    hash       TEXT   NOT NULL,
    media_type TEXT   NOT NULL,
    content    BYTEA  NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (profile_id, hash)
);
CREATE INDEX profile_logos_of_hash ON profile_logos (hash);

CREATE TABLE test_clocks (
    profile_id  TEXT   NOT NULL PRIMARY KEY REFERENCES profiles (id),
    at          BIGINT NOT NULL,
    target      BIGINT, -- where it is being moved to
    lease_until BIGINT  -- wall time: somebody moves it
);
CREATE INDEX test_clocks_moving ON test_clocks (profile_id) WHERE target IS NOT NULL;

-- Staff. The key is the e-mail address in lower case.
CREATE TABLE users (
    id           TEXT    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,
    email        TEXT    NOT NULL,
    email_key    BYTEA   NOT NULL UNIQUE,
    role         TEXT    NOT NULL CHECK (role IN ('admin_user', 'accountant_user', 'normal_user', 'restricted_user')),
    active       BOOLEAN NOT NULL,
    payment_link BOOLEAN NOT NULL, -- may send payment links
    api_access   BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL
);

CREATE TABLE user_profiles (
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    user_id    TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (profile_id, user_id)
);
CREATE INDEX user_profiles_of_user ON user_profiles (user_id, profile_id);

-- A key belongs to a user, whose profiles it reaches, or to profiles of its own.
CREATE TABLE api_keys (
    id         TEXT   NOT NULL PRIMARY KEY,
    user_id    TEXT   REFERENCES users (id),
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE api_key_profiles (
    profile_id TEXT NOT NULL REFERENCES profiles (id),
    key_id     TEXT NOT NULL REFERENCES api_keys (id),
    PRIMARY KEY (profile_id, key_id)
);
CREATE INDEX api_key_profiles_of_key ON api_key_profiles (key_id, profile_id);

-- What opens a key: one secret, and for a while after a rotation those before it.
CREATE TABLE api_key_secrets (
    secret_hash BYTEA  NOT NULL PRIMARY KEY,
    key_id      TEXT   NOT NULL REFERENCES api_keys (id),
    hint        TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    ends_at     BIGINT -- wall time; null: with the key
);
CREATE INDEX api_key_secrets_of_key ON api_key_secrets (key_id, created_at);

CREATE TABLE gateway_accounts (
    profile_id  TEXT   NOT NULL REFERENCES profiles (id),
    id          TEXT   NOT NULL UNIQUE,
    driver      TEXT   NOT NULL,
    entity_id   TEXT   NOT NULL,
    api_base    TEXT   NOT NULL,
    public_base TEXT   NOT NULL,
    test_mode   TEXT   NOT NULL,
    brands      TEXT   NOT NULL,
    currencies  TEXT   NOT NULL, -- codes set up for, with spaces between; empty: all
    secrets     BYTEA  NOT NULL,
    created_at  BIGINT NOT NULL,
    retired_at  BIGINT,
    PRIMARY KEY (profile_id, id)
);

-- The keys are what customers are found by: e-mail address, name and, where that
-- is another, the person's name with the family name first; in lower case, as bytes,
-- which both engines order alike.
CREATE TABLE customers (
    profile_id    TEXT    NOT NULL REFERENCES profiles (id),
    id            TEXT    NOT NULL,
    reference     TEXT    NOT NULL,
    email         TEXT    NOT NULL,
    given_name    TEXT    NOT NULL,
    family_name   TEXT    NOT NULL,
    company_name  TEXT    NOT NULL,
    phone         TEXT    NOT NULL,
    address_line1 TEXT    NOT NULL,
    address_line2 TEXT    NOT NULL,
    postal_code   TEXT    NOT NULL,
    city          TEXT    NOT NULL,
    region        TEXT    NOT NULL,
    country_code  TEXT    NOT NULL,
    tax_id        TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    active        BOOLEAN NOT NULL,
    email_key     BYTEA   NOT NULL,
    name_key      BYTEA   NOT NULL,
    family_key    BYTEA,
    created_by    TEXT    REFERENCES users (id), -- null: no user made it
    created_at    BIGINT  NOT NULL,
    row_version   BIGINT  NOT NULL,
    PRIMARY KEY (profile_id, id)
);
CREATE INDEX customers_list ON customers (profile_id, created_at, id);
CREATE INDEX customers_by_reference ON customers (profile_id, reference, created_at, id);
CREATE INDEX customers_by_email ON customers (profile_id, email_key, created_at, id);
CREATE INDEX customers_by_name ON customers (profile_id, name_key, id);
CREATE INDEX customers_by_family ON customers (profile_id, family_key, id) WHERE family_key IS NOT NULL;
CREATE INDEX customers_made ON customers (profile_id, created_by, created_at, id) WHERE created_by IS NOT NULL;

-- Of the discount's two columns one is zero: it is told as an amount or as a rate.
CREATE TABLE products (
    profile_id         TEXT    NOT NULL REFERENCES profiles (id),
    id                 TEXT    NOT NULL,
    type               TEXT    NOT NULL CHECK (type IN ('single_payment', 'instalment', 'subscription', 'metered')),
    reference          TEXT    NOT NULL,
    name               TEXT    NOT NULL,
    description        TEXT    NOT NULL,
    currency           TEXT    NOT NULL CHECK (length(currency) = 3),
    price_minor        BIGINT  NOT NULL CHECK (price_minor >= 0),
    discount_minor     BIGINT  NOT NULL CHECK (discount_minor BETWEEN 0 AND price_minor),
    discount_ppm       BIGINT  NOT NULL CHECK (discount_ppm BETWEEN 0 AND 1000000),
    fee_minor          BIGINT  NOT NULL CHECK (fee_minor >= 0),
    tax_ppm            BIGINT  NOT NULL CHECK (tax_ppm >= 0),
    initial_minor      BIGINT  NOT NULL CHECK (initial_minor >= 0),
    split_number       BIGINT  NOT NULL CHECK (split_number >= 0),
    scheduled_unit     TEXT    NOT NULL CHECK (scheduled_unit IN ('', 'DAY', 'WEEK', 'MONTH', 'YEAR')),
    scheduled_interval BIGINT  NOT NULL CHECK (scheduled_interval >= 0),
    discount_once      BOOLEAN NOT NULL,
    fee_once           BOOLEAN NOT NULL,
    pricing_locked     BOOLEAN NOT NULL,
    payment_locked     BOOLEAN NOT NULL,
    active             BOOLEAN NOT NULL,
    created_at         BIGINT  NOT NULL,
    row_version        BIGINT  NOT NULL,
    PRIMARY KEY (profile_id, id)
);
CREATE INDEX products_list ON products (profile_id, created_at, id);
CREATE INDEX products_by_type ON products (profile_id, type, created_at, id);
CREATE INDEX products_by_reference ON products (profile_id, reference, created_at, id);
CREATE INDEX products_by_currency ON products (profile_id, currency, created_at, id);
CREATE INDEX products_by_active ON products (profile_id, active, created_at, id);

CREATE TABLE orders (
    profile_id          TEXT   NOT NULL REFERENCES profiles (id),
    id                  TEXT   NOT NULL,
    customer_id         TEXT   NOT NULL,
    type                TEXT   NOT NULL CHECK (type IN ('single_payment', 'instalment', 'subscription', 'metered')),
    status              TEXT   NOT NULL,
    invoice_id          TEXT   NOT NULL,
    note                TEXT   NOT NULL,
    language            TEXT   NOT NULL,
    currency            TEXT   NOT NULL CHECK (length(currency) = 3),
    total_minor         BIGINT NOT NULL CHECK (total_minor >= 0),
    redirect_url        TEXT   NOT NULL,
    failed_redirect_url TEXT   NOT NULL,
    plan                TEXT   NOT NULL, -- order.Plan as JSON; empty: one payment, at once
    resumes_as          TEXT   NOT NULL, -- paused: the status that resuming gives back
    cancels_on          TEXT   NOT NULL, -- the day on which a subscription ends at its customer's wish
    created_by          TEXT   REFERENCES users (id), -- null: no user made it
    created_at          BIGINT NOT NULL,
    pending_since       BIGINT NOT NULL, -- when it was made, or its last try was declined
    remind_at           BIGINT,          -- while pending: when its next reminder is due
    reminders           BIGINT NOT NULL, -- that fell due so far
    ended_at            BIGINT,
    row_version         BIGINT NOT NULL,
    PRIMARY KEY (profile_id, id),
    FOREIGN KEY (profile_id, customer_id) REFERENCES customers (profile_id, id)
) /*WITHOUT ROWID*/;
CREATE INDEX orders_list ON orders (profile_id, created_at, id);
CREATE INDEX orders_of_customer ON orders (profile_id, customer_id, created_at, id);
CREATE INDEX orders_by_status ON orders (profile_id, status, created_at, id);
CREATE INDEX orders_by_type ON orders (profile_id, type, created_at, id);
CREATE INDEX orders_by_invoice ON orders (profile_id, invoice_id, created_at, id);
CREATE INDEX orders_by_currency ON orders (profile_id, currency, created_at, id);
CREATE INDEX orders_by_total ON orders (profile_id, currency, total_minor, created_at, id);
CREATE INDEX orders_made ON orders (profile_id, created_by, created_at, id) WHERE created_by IS NOT NULL;
CREATE INDEX orders_unpaid ON orders (profile_id, pending_since, id) WHERE status = 'pending';
CREATE INDEX orders_to_remind ON orders (profile_id, remind_at, id) WHERE status = 'pending' AND remind_at IS NOT NULL;
CREATE INDEX orders_ending ON orders (profile_id, cancels_on, id) WHERE cancels_on <> '';

CREATE TABLE order_lines (
    profile_id     TEXT   NOT NULL,
    order_id       TEXT   NOT NULL,
    position       BIGINT NOT NULL,
    product_id     TEXT   NOT NULL,
    name           TEXT   NOT NULL,
    description    TEXT   NOT NULL,
    quantity       BIGINT NOT NULL CHECK (quantity > 0),
    unit_minor     BIGINT NOT NULL CHECK (unit_minor >= 0),
    discount_minor BIGINT NOT NULL CHECK (discount_minor BETWEEN 0 AND unit_minor),
    fee_minor      BIGINT NOT NULL CHECK (fee_minor >= 0),
    tax_ppm        BIGINT NOT NULL CHECK (tax_ppm >= 0),
    tax_minor      BIGINT NOT NULL CHECK (tax_minor >= 0),
    total_minor    BIGINT NOT NULL CHECK (total_minor >= 0),
    PRIMARY KEY (profile_id, order_id, position),
    FOREIGN KEY (profile_id, order_id) REFERENCES orders (profile_id, id),
    FOREIGN KEY (profile_id, product_id) REFERENCES products (profile_id, id)
) /*WITHOUT ROWID*/;

CREATE TABLE order_tags (
    profile_id TEXT   NOT NULL,
    order_id   TEXT   NOT NULL,
    tag        TEXT   NOT NULL,
    created_at BIGINT NOT NULL, -- the order's
    PRIMARY KEY (profile_id, order_id, tag),
    FOREIGN KEY (profile_id, order_id) REFERENCES orders (profile_id, id)
) /*WITHOUT ROWID*/;
CREATE INDEX orders_by_tag ON order_tags (profile_id, tag, created_at, order_id);

CREATE TABLE order_links (
    profile_id TEXT   NOT NULL,
    order_id   TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    key_id     TEXT   NOT NULL,
    token_hash BYTEA  NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (profile_id, order_id, version),
    FOREIGN KEY (profile_id, order_id) REFERENCES orders (profile_id, id)
) /*WITHOUT ROWID*/;

CREATE TABLE consents (
    profile_id    TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    order_id      TEXT   NOT NULL,
    terms_version TEXT   NOT NULL,
    language      TEXT   NOT NULL,
    text          TEXT   NOT NULL,
    ip            TEXT   NOT NULL,
    given_at      BIGINT NOT NULL,
    PRIMARY KEY (profile_id, id),
    FOREIGN KEY (profile_id, order_id) REFERENCES orders (profile_id, id)
);
CREATE INDEX consents_of_order ON consents (profile_id, order_id, given_at);

-- One dated amount of an order. collect_at is billing time, and null when nothing
-- is to be done by itself; held_by is the registration payment whose customer was
-- shown this amount and is about to settle it.
CREATE TABLE scheduled_payments (
    profile_id    TEXT   NOT NULL,
    id            TEXT   NOT NULL,
    order_id      TEXT   NOT NULL,
    position      BIGINT NOT NULL,
    origin        TEXT   NOT NULL CHECK (origin IN ('plan', 'request', 'merge', 'update')),
    status        TEXT   NOT NULL CHECK (status IN ('scheduled', 'complete', 'recovered', 'soft_declined', 'hard_declined',
                         'skipped', 'merged', 'cancelled', 'paused', 'review')),
    due_on        TEXT   NOT NULL, -- in the profile's zone
    rhythm_on     TEXT   NOT NULL, -- planned: the day that the rhythm gave it
    unit          TEXT   NOT NULL, -- set where another rhythm begins
    units         BIGINT NOT NULL, -- how many of it
    description   TEXT   NOT NULL,
    currency      TEXT   NOT NULL CHECK (length(currency) = 3),
    amount_minor  BIGINT NOT NULL CHECK (amount_minor > 0),
    collect_at    BIGINT,
    lease_until   BIGINT, -- wall time
    held_by       TEXT,
    merged_into   TEXT,
    tries         BIGINT NOT NULL,
    declined_at   BIGINT, -- the first soft decline of this run of tries
    decline_class TEXT   NOT NULL,
    not_before    BIGINT, -- the same card may not be charged sooner
    refusal       TEXT   NOT NULL, -- the rule that forbids a further try by itself
    settled_at    BIGINT,
    announced     BOOLEAN NOT NULL, -- its customer was told that this day comes, or need not be
    created_at    BIGINT NOT NULL,
    row_version   BIGINT NOT NULL,
    PRIMARY KEY (profile_id, id),
    UNIQUE (profile_id, order_id, position),
    FOREIGN KEY (profile_id, order_id) REFERENCES orders (profile_id, id)
);
CREATE INDEX scheduled_payments_due ON scheduled_payments (profile_id, collect_at, id) WHERE collect_at IS NOT NULL;
CREATE INDEX scheduled_payments_open ON scheduled_payments (profile_id, order_id, due_on, position)
    WHERE status IN ('scheduled', 'soft_declined', 'hard_declined', 'paused', 'review');
CREATE INDEX scheduled_payments_tried ON scheduled_payments (profile_id, order_id, due_on, position)
    WHERE status IN ('complete', 'recovered', 'soft_declined', 'hard_declined', 'review');
CREATE INDEX scheduled_payments_turned ON scheduled_payments (profile_id, order_id, position) WHERE unit <> '';
CREATE INDEX scheduled_payments_parts ON scheduled_payments (profile_id, merged_into, position) WHERE merged_into IS NOT NULL;
CREATE INDEX scheduled_payments_to_announce ON scheduled_payments (profile_id, collect_at, id) WHERE status = 'scheduled' AND announced = FALSE;

-- What an order asks its customer to pay: the initial payment, the storing of
-- another card, a scheduled payment. Amount zero only stores a card. settles_minor
-- is what a customer who changes the card agreed to pay with it at once.
CREATE TABLE payments (
    profile_id       TEXT   NOT NULL,
    id               TEXT   NOT NULL,
    order_id         TEXT   NOT NULL,
    scheduled_id     TEXT,
    kind             TEXT   NOT NULL CHECK (kind IN ('initial', 'registration', 'scheduled')),
    status           TEXT   NOT NULL CHECK (status IN ('open', 'authorised', 'paid', 'ended')),
    currency         TEXT   NOT NULL CHECK (length(currency) = 3),
    amount_minor     BIGINT NOT NULL CHECK (amount_minor >= 0),
    settles_minor    BIGINT NOT NULL CHECK (settles_minor >= 0),
    authorised_minor BIGINT NOT NULL CHECK (authorised_minor >= 0),
    captured_minor   BIGINT NOT NULL CHECK (captured_minor >= 0),
    refunded_minor   BIGINT NOT NULL CHECK (refunded_minor >= 0),
    disputed_minor   BIGINT NOT NULL,
    holds_until      BIGINT, -- authorised: when the hold is expected to lapse
    hold_told        BIGINT NOT NULL DEFAULT 0, -- 1: staff were told of that; 2: and that it is over by now
    paid_at          BIGINT,
    created_at       BIGINT NOT NULL,
    row_version      BIGINT NOT NULL,
    PRIMARY KEY (profile_id, id),
    FOREIGN KEY (profile_id, order_id) REFERENCES orders (profile_id, id),
    FOREIGN KEY (profile_id, scheduled_id) REFERENCES scheduled_payments (profile_id, id)
);
CREATE INDEX payments_of_order ON payments (profile_id, order_id, kind, paid_at);
CREATE UNIQUE INDEX payments_one_initial ON payments (profile_id, order_id) WHERE kind = 'initial';
CREATE UNIQUE INDEX payments_one_registration ON payments (profile_id, order_id) WHERE kind = 'registration' AND status = 'open';
CREATE UNIQUE INDEX payments_one_of_scheduled ON payments (profile_id, scheduled_id) WHERE scheduled_id IS NOT NULL;
CREATE INDEX payments_held ON payments (profile_id, hold_told, holds_until, id) WHERE status = 'authorised' AND hold_told < 2;
CREATE INDEX payments_paid ON payments (profile_id, paid_at, order_id) WHERE paid_at IS NOT NULL;

CREATE TABLE attempts (
    profile_id              TEXT   NOT NULL,
    id                      TEXT   NOT NULL UNIQUE,
    order_id                TEXT   NOT NULL,
    payment_id              TEXT   NOT NULL,
    scheduled_id            TEXT, -- its payment's
    payment_method_id       TEXT, -- the stored card that a charge goes to
    gateway_account_id      TEXT   NOT NULL,
    merchant_transaction_id TEXT   NOT NULL UNIQUE,
    kind                    TEXT   NOT NULL CHECK (kind IN ('checkout', 'charge', 'capture', 'reversal', 'refund', 'return')),
    type                    TEXT   NOT NULL,
    state                   TEXT   NOT NULL,
    currency                TEXT   NOT NULL CHECK (length(currency) = 3),
    amount_minor            BIGINT NOT NULL CHECK (amount_minor >= 0),
    parent_transaction_id   TEXT,
    parent_gateway_id       TEXT   NOT NULL,
    checkout_id             TEXT   NOT NULL,
    script_url              TEXT   NOT NULL,
    integrity               TEXT   NOT NULL,
    ip_hash                 TEXT   NOT NULL,
    created_at              BIGINT NOT NULL,
    sent_at                 BIGINT,
    expires_at              BIGINT,
    watch_until             BIGINT,
    not_found_at            BIGINT,
    next_attempt_at         BIGINT,
    lease_until             BIGINT,
    asks                    BIGINT NOT NULL,
    asked_at                BIGINT,
    asked_before_at         BIGINT,
    closed_at               BIGINT,
    daily_at                BIGINT, -- over: when it is asked about again
    daily_until             BIGINT,
    PRIMARY KEY (profile_id, id),
    FOREIGN KEY (profile_id, order_id) REFERENCES orders (profile_id, id),
    FOREIGN KEY (profile_id, payment_id) REFERENCES payments (profile_id, id),
    FOREIGN KEY (profile_id, gateway_account_id) REFERENCES gateway_accounts (profile_id, id)
);
-- One open attempt for a thing being paid; a capture and a reversal exclude each
-- other; one thing going back per transaction.
CREATE UNIQUE INDEX attempts_one_paying ON attempts (profile_id, payment_id)
    WHERE kind IN ('checkout', 'charge') AND state IN ('created', 'open', 'pending', 'unknown', 'held');
CREATE UNIQUE INDEX attempts_one_deciding ON attempts (profile_id, payment_id)
    WHERE kind IN ('capture', 'reversal') AND state IN ('created', 'open', 'pending', 'unknown', 'held');
CREATE UNIQUE INDEX attempts_one_return ON attempts (profile_id, parent_transaction_id)
    WHERE kind = 'return' AND state IN ('created', 'open', 'pending', 'unknown', 'held', 'approved');
CREATE INDEX attempts_of_order ON attempts (profile_id, order_id, created_at);
CREATE INDEX attempts_charging ON attempts (profile_id, order_id)
    WHERE kind = 'charge' AND state IN ('created', 'open', 'pending', 'unknown', 'held');
CREATE INDEX attempts_of_checkout ON attempts (profile_id, gateway_account_id, checkout_id);
CREATE INDEX attempts_of_payment ON attempts (profile_id, payment_id);
CREATE INDEX attempts_due ON attempts (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX attempts_daily ON attempts (daily_at) WHERE daily_at IS NOT NULL;

CREATE TABLE payment_methods (
    profile_id             TEXT    NOT NULL,
    id                     TEXT    NOT NULL UNIQUE,
    order_id               TEXT    NOT NULL,
    gateway_account_id     TEXT    NOT NULL,
    token                  BYTEA   NOT NULL,
    brand                  TEXT    NOT NULL,
    bin                    TEXT    NOT NULL,
    last4                  TEXT    NOT NULL,
    expiry_month           BIGINT  NOT NULL,
    expiry_year            BIGINT  NOT NULL,
    initial_transaction_id TEXT    NOT NULL,
    card                   TEXT    NOT NULL, -- the same for the same card, see payment.CardKey
    standing               TEXT    NOT NULL CHECK (standing IN ('good', 'soft_declined', 'hard_declined', 'stopped', 'disputed')),
    main                   BOOLEAN NOT NULL,
    expiry_told            BIGINT  NOT NULL, -- 1: that it expires soon; 2: that it has expired
    created_at             BIGINT  NOT NULL,
    removed_at             BIGINT,
    forget_at              BIGINT, -- removed: when the gateway is to be told; wall time
    forget_tries           BIGINT  NOT NULL,
    lease_until            BIGINT, -- wall time
    PRIMARY KEY (profile_id, id),
    FOREIGN KEY (profile_id, order_id) REFERENCES orders (profile_id, id),
    FOREIGN KEY (profile_id, gateway_account_id) REFERENCES gateway_accounts (profile_id, id)
);
CREATE INDEX payment_methods_of_order ON payment_methods (profile_id, order_id);
CREATE INDEX payment_methods_expiring ON payment_methods (profile_id, expiry_told, expiry_year, expiry_month, id)
    WHERE main = TRUE AND removed_at IS NULL AND expiry_told < 2 AND expiry_year > 0;
CREATE INDEX payment_methods_to_forget ON payment_methods (forget_at) WHERE forget_at IS NOT NULL;

CREATE TABLE transactions (
    profile_id         TEXT    NOT NULL,
    id                 TEXT    NOT NULL,
    order_id           TEXT    NOT NULL,
    payment_id         TEXT    NOT NULL,
    attempt_id         TEXT    NOT NULL,
    gateway_account_id TEXT    NOT NULL,
    gateway_id         TEXT    NOT NULL,
    referenced_id      TEXT    NOT NULL,
    type               TEXT    NOT NULL,
    state              TEXT    NOT NULL CHECK (state IN ('approved', 'declined', 'pending', 'held')),
    surplus            BOOLEAN NOT NULL,
    currency           TEXT    NOT NULL CHECK (length(currency) = 3),
    amount_minor       BIGINT  NOT NULL,
    result_code        TEXT    NOT NULL,
    reason             TEXT    NOT NULL,
    retry_class        TEXT    NOT NULL, -- what a decline allows afterwards
    brand              TEXT    NOT NULL,
    bin                TEXT    NOT NULL,
    last4              TEXT    NOT NULL,
    expiry_month       BIGINT  NOT NULL,
    expiry_year        BIGINT  NOT NULL,
    gateway_at         BIGINT,
    booked_at          BIGINT  NOT NULL,
    created_at         BIGINT  NOT NULL,
    PRIMARY KEY (profile_id, order_id, created_at, id),
    UNIQUE (profile_id, id),
    UNIQUE (profile_id, gateway_account_id, gateway_id),
    FOREIGN KEY (profile_id, order_id) REFERENCES orders (profile_id, id),
    FOREIGN KEY (profile_id, payment_id) REFERENCES payments (profile_id, id),
    FOREIGN KEY (profile_id, attempt_id) REFERENCES attempts (profile_id, id)
) /*WITHOUT ROWID*/;
CREATE INDEX transactions_of_attempt ON transactions (profile_id, attempt_id, created_at, id);
CREATE INDEX transactions_of_card ON transactions (profile_id, last4, created_at, order_id) WHERE type IN ('PA', 'DB');

-- What card testing is measured by. A lifted row no longer counts.
CREATE TABLE declined_tries (
    profile_id     TEXT   NOT NULL,
    transaction_id TEXT   NOT NULL,
    order_id       TEXT   NOT NULL,
    ip_hash        TEXT   NOT NULL,
    bin            TEXT   NOT NULL,
    declined_at    BIGINT NOT NULL,
    lifted_at      BIGINT,
    PRIMARY KEY (profile_id, transaction_id),
    FOREIGN KEY (profile_id, transaction_id) REFERENCES transactions (profile_id, id)
);
CREATE INDEX declined_tries_of_order ON declined_tries (profile_id, order_id, declined_at);
CREATE INDEX declined_tries_of_ip ON declined_tries (profile_id, ip_hash, declined_at);
CREATE INDEX declined_tries_of_bin ON declined_tries (profile_id, bin, declined_at);
CREATE INDEX declined_tries_of_profile ON declined_tries (profile_id, declined_at);

-- Charges without the customer that were not approved: what the schemes' limits
-- are counted by, per card, amount and currency. One that is under way counts.
CREATE TABLE charge_tries (
    profile_id   TEXT   NOT NULL,
    attempt_id   TEXT   NOT NULL,
    card         TEXT   NOT NULL,
    currency     TEXT   NOT NULL,
    amount_minor BIGINT NOT NULL,
    tried_at     BIGINT NOT NULL, -- billing time
    PRIMARY KEY (profile_id, attempt_id),
    FOREIGN KEY (profile_id, attempt_id) REFERENCES attempts (profile_id, id)
);
CREATE INDEX charge_tries_of_card ON charge_tries (profile_id, card, tried_at);

CREATE TABLE number_series (
    profile_id     TEXT   NOT NULL REFERENCES profiles (id),
    kind           TEXT   NOT NULL,
    year           BIGINT NOT NULL,
    last           BIGINT NOT NULL,
    last_issued_at BIGINT NOT NULL,
    PRIMARY KEY (profile_id, kind, year)
);

CREATE TABLE documents (
    profile_id     TEXT   NOT NULL,
    id             TEXT   NOT NULL,
    order_id       TEXT   NOT NULL,
    transaction_id TEXT,
    kind           TEXT   NOT NULL CHECK (kind IN ('invoice', 'receipt', 'credit_note')),
    year           BIGINT NOT NULL,
    serial         BIGINT NOT NULL,
    number         TEXT   NOT NULL,
    issued_on      TEXT   NOT NULL,
    issued_at      BIGINT NOT NULL,
    currency       TEXT   NOT NULL CHECK (length(currency) = 3),
    total_minor    BIGINT NOT NULL,
    drawn          BOOLEAN NOT NULL,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (profile_id, order_id, created_at, id),
    UNIQUE (profile_id, id),
    UNIQUE (profile_id, kind, year, serial),
    UNIQUE (profile_id, kind, number),
    UNIQUE (profile_id, kind, transaction_id),
    FOREIGN KEY (profile_id, order_id) REFERENCES orders (profile_id, id),
    FOREIGN KEY (profile_id, transaction_id) REFERENCES transactions (profile_id, id)
) /*WITHOUT ROWID*/;
CREATE INDEX documents_undrawn ON documents (profile_id, id) WHERE drawn = FALSE;

-- What a document says, apart from the rows that lists read.
CREATE TABLE document_snapshots (
    profile_id  TEXT NOT NULL,
    document_id TEXT NOT NULL,
    content     TEXT NOT NULL,
    PRIMARY KEY (profile_id, document_id),
    FOREIGN KEY (profile_id, document_id) REFERENCES documents (profile_id, id)
);

CREATE TABLE document_files (
    profile_id  TEXT   NOT NULL,
    document_id TEXT   NOT NULL,
    sha256      BYTEA  NOT NULL,
    content     BYTEA  NOT NULL,
    drawn_at    BIGINT NOT NULL,
    PRIMARY KEY (profile_id, document_id),
    FOREIGN KEY (profile_id, document_id) REFERENCES documents (profile_id, id)
);

-- The money of an invoice: what is paid of it, by which transactions.
CREATE TABLE allocations (
    profile_id     TEXT   NOT NULL,
    document_id    TEXT   NOT NULL,
    transaction_id TEXT   NOT NULL,
    currency       TEXT   NOT NULL CHECK (length(currency) = 3),
    amount_minor   BIGINT NOT NULL,
    PRIMARY KEY (profile_id, document_id, transaction_id),
    FOREIGN KEY (profile_id, document_id) REFERENCES documents (profile_id, id),
    FOREIGN KEY (profile_id, transaction_id) REFERENCES transactions (profile_id, id)
);

CREATE INDEX allocations_of_transaction ON allocations (profile_id, transaction_id, document_id);

-- What an order's customer, or the merchant, is told by e-mail. The address stands in
-- the customer's and the profile's row alone.
CREATE TABLE mails (
    profile_id      TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    order_id        TEXT,            -- null: to the merchant
    kind            TEXT   NOT NULL,
    subject_id      TEXT   NOT NULL, -- the transaction, scheduled payment or payment method that it is about; empty: the order
    step            BIGINT,          -- which of those about the same; null: asked for, as often as somebody asks
    language        TEXT   NOT NULL,
    message_id      TEXT   NOT NULL,
    state           TEXT   NOT NULL CHECK (state IN ('due', 'sent', 'failed', 'withdrawn')),
    attempts        BIGINT NOT NULL,
    next_attempt_at BIGINT,
    lease_until     BIGINT,
    last_error      TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    done_at         BIGINT,
    PRIMARY KEY (profile_id, id),
    FOREIGN KEY (profile_id, order_id) REFERENCES orders (profile_id, id)
);
-- Each step once; one confirmation of an order's sale; one of what is asked for under way.
CREATE UNIQUE INDEX mails_one_step ON mails (profile_id, order_id, kind, subject_id, step) WHERE step IS NOT NULL;
CREATE UNIQUE INDEX mails_one_to_merchant ON mails (profile_id, kind, subject_id, step) WHERE order_id IS NULL;
CREATE UNIQUE INDEX mails_one_confirmation ON mails (profile_id, order_id) WHERE kind = 'purchase_confirmation';
CREATE UNIQUE INDEX mails_one_asked ON mails (profile_id, order_id, kind) WHERE step IS NULL AND state = 'due';
CREATE INDEX mails_of_order ON mails (profile_id, order_id, created_at, id);
CREATE INDEX mails_due ON mails (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

CREATE TABLE staff_tasks (
    profile_id TEXT   NOT NULL REFERENCES profiles (id),
    id         TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    order_id   TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    done_at    BIGINT,
    PRIMARY KEY (profile_id, id)
);
CREATE INDEX staff_tasks_list ON staff_tasks (profile_id, created_at, id);
CREATE INDEX staff_tasks_of_order ON staff_tasks (profile_id, order_id, kind, subject);

-- When a profile's payment page is looked at as browsers get it.
CREATE TABLE page_checks (
    profile_id TEXT   NOT NULL PRIMARY KEY REFERENCES profiles (id),
    next_at    BIGINT NOT NULL,
    found      TEXT   NOT NULL -- what differed at the last look, with blanks between
);

-- What the policy of payment pages blocked in browsers, by what they report.
CREATE TABLE blocked_sources (
    profile_id TEXT   NOT NULL REFERENCES profiles (id),
    page       TEXT   NOT NULL CHECK (page IN ('checkout', 'embed')),
    directive  TEXT   NOT NULL,
    source     TEXT   NOT NULL, -- an origin, or a word such as inline; never a path
    first_at   BIGINT NOT NULL, -- wall time, as last_at is
    last_at    BIGINT NOT NULL,
    reports    BIGINT NOT NULL,
    PRIMARY KEY (profile_id, page, directive, source)
);
CREATE INDEX blocked_sources_list ON blocked_sources (profile_id, first_at);

CREATE TABLE inbound_notifications (
    profile_id         TEXT   NOT NULL,
    id                 TEXT   NOT NULL,
    gateway_account_id TEXT   NOT NULL,
    digest             BYTEA  NOT NULL,
    content            BYTEA  NOT NULL,
    state              TEXT   NOT NULL CHECK (state IN ('received', 'applied', 'unmatched', 'ignored')),
    received_at        BIGINT NOT NULL,
    next_attempt_at    BIGINT,
    lease_until        BIGINT,
    tries              BIGINT NOT NULL,
    done_at            BIGINT,
    PRIMARY KEY (profile_id, id),
    UNIQUE (profile_id, gateway_account_id, digest),
    FOREIGN KEY (profile_id, gateway_account_id) REFERENCES gateway_accounts (profile_id, id)
);
CREATE INDEX inbound_notifications_due ON inbound_notifications (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX inbound_notifications_list ON inbound_notifications (profile_id, received_at, id);

CREATE TABLE event_series (
    profile_id TEXT   NOT NULL PRIMARY KEY REFERENCES profiles (id),
    last       BIGINT NOT NULL
);

CREATE TABLE events (
    profile_id  TEXT   NOT NULL REFERENCES profiles (id),
    seq         BIGINT NOT NULL,
    id          TEXT   NOT NULL UNIQUE,
    type        TEXT   NOT NULL,
    order_id    TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    actor       TEXT   NOT NULL,
    occurred_at BIGINT NOT NULL,
    data        TEXT   NOT NULL,
    PRIMARY KEY (profile_id, seq)
) /*WITHOUT ROWID*/;
CREATE INDEX events_list ON events (profile_id, occurred_at, seq);
CREATE INDEX events_by_type ON events (profile_id, type, occurred_at, seq);
CREATE INDEX events_of_order ON events (profile_id, order_id, occurred_at, seq);

-- Where a merchant's events are sent. Times but created_at are wall time.
CREATE TABLE webhook_endpoints (
    profile_id    TEXT   NOT NULL REFERENCES profiles (id),
    id            TEXT   NOT NULL,
    url           TEXT   NOT NULL,
    description   TEXT   NOT NULL,
    types         TEXT   NOT NULL, -- with spaces between
    status        TEXT   NOT NULL CHECK (status IN ('enabled', 'disabled')),
    reason        TEXT   NOT NULL,
    disabled_at   BIGINT,
    secret        BYTEA  NOT NULL,
    old_secret    BYTEA,
    old_until     BIGINT,
    seen_seq      BIGINT NOT NULL, -- of the last event that was looked at for it
    failures      BIGINT NOT NULL,
    failing_since BIGINT,
    slow          BOOLEAN NOT NULL, -- its last answer took long
    rest_until    BIGINT,
    lease_until   BIGINT,
    turn          BIGINT NOT NULL,
    served_at     BIGINT NOT NULL, -- when its last turn began
    due_at        BIGINT,          -- when its next delivery is due
    created_at    BIGINT NOT NULL,
    removed_at    BIGINT,
    row_version   BIGINT NOT NULL,
    PRIMARY KEY (profile_id, id)
);
CREATE INDEX webhook_endpoints_list ON webhook_endpoints (profile_id, created_at, id) WHERE removed_at IS NULL;
CREATE INDEX webhook_endpoints_enabled ON webhook_endpoints (served_at, profile_id) WHERE status = 'enabled';
CREATE INDEX webhook_endpoints_rotated ON webhook_endpoints (old_until) WHERE old_until IS NOT NULL;
CREATE INDEX webhook_endpoints_removed ON webhook_endpoints (removed_at) WHERE removed_at IS NOT NULL;

-- An event on its way to an endpoint, with what came of each attempt. Nothing but
-- the log shows the attempts, and always with their delivery: they are part of it.
CREATE TABLE webhook_deliveries (
    profile_id      TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    endpoint_id     TEXT   NOT NULL,
    seq             BIGINT NOT NULL, -- the event
    state           TEXT   NOT NULL CHECK (state IN ('due', 'delivered', 'failed')),
    attempts        BIGINT NOT NULL,
    tried           TEXT   NOT NULL, -- the latest attempts as JSON; empty: none
    next_attempt_at BIGINT,
    created_at      BIGINT NOT NULL,
    done_at         BIGINT,
    PRIMARY KEY (profile_id, id),
    UNIQUE (profile_id, seq, endpoint_id),
    FOREIGN KEY (profile_id, endpoint_id) REFERENCES webhook_endpoints (profile_id, id),
    FOREIGN KEY (profile_id, seq) REFERENCES events (profile_id, seq)
) /*WITHOUT ROWID*/;
CREATE INDEX webhook_deliveries_list ON webhook_deliveries (profile_id, endpoint_id, created_at, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (profile_id, endpoint_id, next_attempt_at, seq) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_deliveries_done ON webhook_deliveries (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE audit_log (
    profile_id TEXT   NOT NULL REFERENCES profiles (id),
    id         TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (profile_id, id)
);

CREATE TABLE idempotency_keys (
    profile_id  TEXT   NOT NULL REFERENCES profiles (id),
    api_key_id  TEXT   NOT NULL REFERENCES api_keys (id),
    method      TEXT   NOT NULL,
    route       TEXT   NOT NULL,
    key         TEXT   NOT NULL,
    body_hash   BYTEA  NOT NULL,
    lease_id    TEXT   NOT NULL,
    lease_until BIGINT NOT NULL,
    recovery    TEXT   NOT NULL,
    status      BIGINT,
    answer      BYTEA,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (profile_id, api_key_id, method, route, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
