PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO meta VALUES('format','mechkg ledger');
INSERT INTO meta VALUES('schema','2');
CREATE TABLE assertion (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	item TEXT NOT NULL, 
	document TEXT NOT NULL, 
	body TEXT NOT NULL, 
	first_seen INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT assertion_first_seen FOREIGN KEY(first_seen) REFERENCES act (position) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO assertion VALUES('RARocZ6OVcAEXn7MsDO7koiE62xeeqS1iP0R5RhpXoSfw','claim','a-1','paper','{"id":"a-1","kind":"conclusion","statement":"words 1 with ''quotes'' and λ"}',1);
INSERT INTO assertion VALUES('RA_GJZ_xZ_OJnbUHZiUdu8PDfkKOtekUuJPa36m8Tedxg','claim','a-2','paper','{"id":"a-2","kind":"conclusion","statement":"words 2 with ''quotes'' and λ"}',2);
INSERT INTO assertion VALUES('RA7XslpibYgWy85VIvsmxF4TaMS5VmhotXoJlcJ-5N5Fw','claim','a-3','paper','{"id":"a-3","kind":"conclusion","statement":"words 3 with ''quotes'' and λ"}',3);
INSERT INTO assertion VALUES('RAn5VcJ3N2tIieX3jTcPnSF25fzkUsy-_UO6-HfrYuc98','claim','a-4','paper','{"id":"a-4","kind":"conclusion","statement":"lone"}',4);
CREATE TABLE batch (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	document TEXT, 
	file_digest TEXT, 
	actor TEXT NOT NULL, 
	at TEXT NOT NULL, 
	proposed INTEGER NOT NULL, 
	accepted INTEGER NOT NULL, 
	rejected INTEGER NOT NULL, 
	superseded INTEGER NOT NULL, 
	retracted INTEGER NOT NULL, 
	first INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO batch VALUES('batch-1','pair',NULL,NULL,'ana','2026-11-21T22:26:48.167533Z',3,0,0,0,0,1);
CREATE TABLE draft (
	id TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	owner TEXT NOT NULL, 
	at TEXT NOT NULL, 
	content TEXT, 
	PRIMARY KEY (id, version), 
	CONSTRAINT draft_version CHECK (version >= 1)
);
CREATE TABLE act (
	position INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	assertion TEXT, 
	subject TEXT, 
	actor TEXT NOT NULL, 
	at TEXT NOT NULL, 
	reason TEXT, 
	batch TEXT, 
	digest TEXT NOT NULL, 
	door TEXT NOT NULL, 
	content TEXT, 
	PRIMARY KEY (position), 
	CONSTRAINT act_upon_something CHECK (assertion IS NOT NULL OR subject IS NOT NULL), 
	CONSTRAINT act_position CHECK (position >= 1), 
	FOREIGN KEY(assertion) REFERENCES assertion (id), 
	CONSTRAINT act_batch FOREIGN KEY(batch) REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO act VALUES(1,'propose','RARocZ6OVcAEXn7MsDO7koiE62xeeqS1iP0R5RhpXoSfw',NULL,'ana','2026-11-21T22:26:48.167533Z',NULL,'batch-1','c38d124746aa2de09b11cdb5f82fbd57734366f92810609005ae43a0b7c2cb25','import',NULL);
INSERT INTO act VALUES(2,'propose','RA_GJZ_xZ_OJnbUHZiUdu8PDfkKOtekUuJPa36m8Tedxg',NULL,'ana','2026-11-21T22:26:48.167533Z',NULL,'batch-1','387c5e07631b98902eeceefe4968f1745e134b90cd647f6cd013fa321e6838da','import',NULL);
INSERT INTO act VALUES(3,'propose','RA7XslpibYgWy85VIvsmxF4TaMS5VmhotXoJlcJ-5N5Fw',NULL,'ana','2026-11-21T22:26:48.167533Z',NULL,'batch-1','3929ceb67a26fe1deb93740cdad6704b00a29c2b02f828d3f8a4f39a997e07cc','import',NULL);
INSERT INTO act VALUES(4,'propose','RAn5VcJ3N2tIieX3jTcPnSF25fzkUsy-_UO6-HfrYuc98',NULL,'bo','2026-11-21T22:26:48.176350Z',NULL,NULL,'a5b5ed69358fb8d32d7c127dde6c983f05618e9be1e6f69f2bedc95415781107','import',NULL);
INSERT INTO act VALUES(5,'accept','RAn5VcJ3N2tIieX3jTcPnSF25fzkUsy-_UO6-HfrYuc98',NULL,'ana','2026-11-21T22:26:48.178111Z','fits',NULL,'bc88d405ad8ab976469cb802a2939f615f844e3ef7d6e82695d0cb96a48ce6a3','import',NULL);
CREATE INDEX assertion_item ON assertion (item);
CREATE INDEX assertion_document ON assertion (document);
CREATE TRIGGER assertion_no_update BEFORE UPDATE ON assertion BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE of assertion'); END;
CREATE TRIGGER assertion_no_delete BEFORE DELETE ON assertion BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE of assertion'); END;
CREATE TRIGGER assertion_no_replace BEFORE INSERT ON assertion WHEN EXISTS (SELECT 1 FROM assertion WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: this assertion is there already'); END;
CREATE TRIGGER batch_no_update BEFORE UPDATE ON batch BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE of batch'); END;
CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE of batch'); END;
CREATE TRIGGER batch_no_replace BEFORE INSERT ON batch WHEN EXISTS (SELECT 1 FROM batch WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: this batch is there already'); END;
CREATE INDEX draft_owner ON draft (owner);
CREATE TRIGGER draft_no_update BEFORE UPDATE ON draft BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE of draft'); END;
CREATE TRIGGER draft_no_delete BEFORE DELETE ON draft BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE of draft'); END;
CREATE TRIGGER draft_no_replace BEFORE INSERT ON draft WHEN EXISTS (SELECT 1 FROM draft WHERE id = NEW.id AND version = NEW.version) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: this draft is there already'); END;
CREATE INDEX act_kind ON act (kind, position);
CREATE INDEX act_subject ON act (subject, position);
CREATE INDEX act_actor ON act (actor, position);
CREATE INDEX act_settling ON act (position) WHERE assertion IS NOT NULL AND kind IN ('accept', 'supersede', 'retract', 'restore');
CREATE INDEX act_assertion ON act (assertion, position);
CREATE TRIGGER act_no_update BEFORE UPDATE ON act BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE of act'); END;
CREATE TRIGGER act_no_delete BEFORE DELETE ON act BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE of act'); END;
CREATE TRIGGER act_no_replace BEFORE INSERT ON act WHEN EXISTS (SELECT 1 FROM act WHERE position = NEW.position) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: this act is there already'); END;
CREATE TRIGGER act_no_gap BEFORE INSERT ON act WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM act) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: positions follow each other without gaps'); END;
COMMIT;
