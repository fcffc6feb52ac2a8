CREATE FUNCTION ledger_no_gap() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN IF NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM act) THEN RAISE EXCEPTION 'the ledger is append-only: positions follow each other without gaps'; END IF; RETURN NEW; END $$;
CREATE FUNCTION ledger_refuses() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION USING MESSAGE = 'the ledger is append-only: no ' || TG_OP || ' of ' || TG_TABLE_NAME; END $$;
CREATE TABLE act (
    "position" integer NOT NULL,
    kind text NOT NULL,
    assertion text,
    subject text,
    actor text NOT NULL,
    at text NOT NULL,
    reason text,
    batch text,
    digest text NOT NULL,
    door text NOT NULL,
    content text,
    CONSTRAINT act_position CHECK (("position" >= 1)),
    CONSTRAINT act_upon_something CHECK (((assertion IS NOT NULL) OR (subject IS NOT NULL)))
);
COMMENT ON COLUMN act.subject IS 'what it is upon, other than an assertion: kind:name';
COMMENT ON COLUMN act.at IS 'UTC, ISO 8601 with microseconds';
COMMENT ON COLUMN act.digest IS 'SHA-256 over the digest before and this act';
COMMENT ON COLUMN act.door IS 'by which way it came in';
COMMENT ON COLUMN act.content IS 'what it carries: canonical JSON';
CREATE TABLE assertion (
    id text NOT NULL,
    kind text NOT NULL,
    item text NOT NULL,
    document text NOT NULL,
    body text NOT NULL,
    first_seen integer NOT NULL
);
COMMENT ON COLUMN assertion.body IS 'canonical JSON';
COMMENT ON COLUMN assertion.first_seen IS 'position of the first act upon it';
CREATE TABLE batch (
    id text NOT NULL,
    name text NOT NULL,
    document text,
    file_digest text,
    actor text NOT NULL,
    at text NOT NULL,
    proposed integer NOT NULL,
    accepted integer NOT NULL,
    rejected integer NOT NULL,
    superseded integer NOT NULL,
    retracted integer NOT NULL,
    first integer NOT NULL
);
COMMENT ON COLUMN batch.first IS 'position of its first act';
CREATE TABLE draft (
    id text NOT NULL,
    version integer NOT NULL,
    owner text NOT NULL,
    at text NOT NULL,
    content text,
    CONSTRAINT draft_version CHECK ((version >= 1))
);
COMMENT ON COLUMN draft.content IS 'JSON, which need not be valid items; NULL when it was discarded';
CREATE TABLE meta (
    name text NOT NULL,
    value text NOT NULL
);
INSERT INTO act VALUES (1, 'propose', 'RARocZ6OVcAEXn7MsDO7koiE62xeeqS1iP0R5RhpXoSfw', NULL, 'ana', '2026-11-21T22:27:07.241422Z', NULL, 'batch-1', '54235d042d28fdfc0bbac82589806d59b2178f8fbd060a0600a0b3ca7e214413', 'import', NULL);
INSERT INTO act VALUES (2, 'propose', 'RA_GJZ_xZ_OJnbUHZiUdu8PDfkKOtekUuJPa36m8Tedxg', NULL, 'ana', '2026-11-21T22:27:07.241422Z', NULL, 'batch-1', 'dba4b43b24a96ec96bbc8fb74368ca3a1c249382e5bfb3082bccb5e9d9055120', 'import', NULL);
INSERT INTO act VALUES (3, 'propose', 'RA7XslpibYgWy85VIvsmxF4TaMS5VmhotXoJlcJ-5N5Fw', NULL, 'ana', '2026-11-21T22:27:07.241422Z', NULL, 'batch-1', '4626bdf195fd896ca4dc59f39135c46eb1f2cb79a104b124839e6af9384f5a6c', 'import', NULL);
INSERT INTO act VALUES (4, 'propose', 'RAn5VcJ3N2tIieX3jTcPnSF25fzkUsy-_UO6-HfrYuc98', NULL, 'bo', '2026-11-21T22:27:07.254782Z', NULL, NULL, '8375a43d6ac7311bd9c1267bbb68cfb518a80ad929b87e7bf3451732aa0834e8', 'import', NULL);
INSERT INTO act VALUES (5, 'accept', 'RAn5VcJ3N2tIieX3jTcPnSF25fzkUsy-_UO6-HfrYuc98', NULL, 'ana', '2026-11-21T22:27:07.257734Z', 'fits', NULL, 'ad4a0163610be2b56720545ee71292c9b8fd710362254780a5da452d6c90b0d0', 'import', NULL);
INSERT INTO assertion VALUES ('RARocZ6OVcAEXn7MsDO7koiE62xeeqS1iP0R5RhpXoSfw', 'claim', 'a-1', 'paper', '{"id":"a-1","kind":"conclusion","statement":"words 1 with ''quotes'' and λ"}', 1);
INSERT INTO assertion VALUES ('RA_GJZ_xZ_OJnbUHZiUdu8PDfkKOtekUuJPa36m8Tedxg', 'claim', 'a-2', 'paper', '{"id":"a-2","kind":"conclusion","statement":"words 2 with ''quotes'' and λ"}', 2);
INSERT INTO assertion VALUES ('RA7XslpibYgWy85VIvsmxF4TaMS5VmhotXoJlcJ-5N5Fw', 'claim', 'a-3', 'paper', '{"id":"a-3","kind":"conclusion","statement":"words 3 with ''quotes'' and λ"}', 3);
INSERT INTO assertion VALUES ('RAn5VcJ3N2tIieX3jTcPnSF25fzkUsy-_UO6-HfrYuc98', 'claim', 'a-4', 'paper', '{"id":"a-4","kind":"conclusion","statement":"lone"}', 4);
INSERT INTO batch VALUES ('batch-1', 'pair', NULL, NULL, 'ana', '2026-11-21T22:27:07.241422Z', 3, 0, 0, 0, 0, 1);
INSERT INTO meta VALUES ('format', 'mechkg ledger');
INSERT INTO meta VALUES ('schema', '2');
ALTER TABLE ONLY act
    ADD CONSTRAINT act_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY assertion
    ADD CONSTRAINT assertion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY batch
    ADD CONSTRAINT batch_pkey PRIMARY KEY (id);
ALTER TABLE ONLY draft
    ADD CONSTRAINT draft_pkey PRIMARY KEY (id, version);
ALTER TABLE ONLY meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (name);
CREATE INDEX act_actor ON act USING btree (actor, "position");
CREATE INDEX act_assertion ON act USING btree (assertion, "position");
CREATE INDEX act_kind ON act USING btree (kind, "position");
CREATE INDEX act_settling ON act USING btree ("position") WHERE ((assertion IS NOT NULL) AND (kind = ANY (ARRAY['accept'::text, 'supersede'::text, 'retract'::text, 'restore'::text])));
CREATE INDEX act_subject ON act USING btree (subject, "position");
CREATE INDEX assertion_document ON assertion USING btree (document);
CREATE INDEX assertion_item ON assertion USING btree (item);
CREATE INDEX draft_owner ON draft USING btree (owner);
CREATE TRIGGER act_no_change BEFORE DELETE OR UPDATE OR TRUNCATE ON act FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER act_no_gap BEFORE INSERT ON act FOR EACH ROW EXECUTE FUNCTION ledger_no_gap();
CREATE TRIGGER assertion_no_change BEFORE DELETE OR UPDATE OR TRUNCATE ON assertion FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER batch_no_change BEFORE DELETE OR UPDATE OR TRUNCATE ON batch FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER draft_no_change BEFORE DELETE OR UPDATE OR TRUNCATE ON draft FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();
ALTER TABLE ONLY act
    ADD CONSTRAINT act_assertion_fkey FOREIGN KEY (assertion) REFERENCES assertion(id);
ALTER TABLE ONLY act
    ADD CONSTRAINT act_batch FOREIGN KEY (batch) REFERENCES batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY assertion
    ADD CONSTRAINT assertion_first_seen FOREIGN KEY (first_seen) REFERENCES act("position") DEFERRABLE INITIALLY DEFERRED;
