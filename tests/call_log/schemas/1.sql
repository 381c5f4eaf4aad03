BEGIN TRANSACTION;
CREATE TABLE coocenter_call_parties (
	party BIGINT NOT NULL, 
	started BIGINT NOT NULL, 
	call BIGINT NOT NULL, 
	PRIMARY KEY (party, started, call)
)
 WITHOUT ROWID

;
INSERT INTO "coocenter_call_parties" VALUES(1099511627777,1795429800,1099511627777);
INSERT INTO "coocenter_call_parties" VALUES(1099511627779,1795429800,1099511627777);
INSERT INTO "coocenter_call_parties" VALUES(1099511627780,1795430400,1099511627778);
INSERT INTO "coocenter_call_parties" VALUES(1099511627781,1795430400,1099511627778);
CREATE TABLE coocenter_calls (
	id INTEGER NOT NULL, 
	pbx INTEGER NOT NULL, 
	uid VARCHAR(255) NOT NULL, 
	started BIGINT NOT NULL, 
	ended BIGINT NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	outcome VARCHAR(9) NOT NULL, 
	cause VARCHAR(20), 
	caller BIGINT NOT NULL, 
	callee BIGINT NOT NULL, 
	contact BIGINT, 
	did VARCHAR(64) NOT NULL, 
	queue VARCHAR(64) NOT NULL, 
	agent VARCHAR(64) NOT NULL, 
	menu VARCHAR(255) NOT NULL, 
	digits VARCHAR(64) NOT NULL, 
	wait INTEGER NOT NULL, 
	talk INTEGER NOT NULL, 
	queue_wait INTEGER, 
	hold INTEGER, 
	wrap_up INTEGER, 
	score INTEGER, 
	extensions TEXT NOT NULL, 
	recordings TEXT NOT NULL, 
	recorded SMALLINT NOT NULL, 
	logged SMALLINT NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT coocenter_call UNIQUE (pbx, uid)
);
INSERT INTO "coocenter_calls" VALUES(1099511627777,1,'1.1',1795429800,1795429920,'inbound','answered',NULL,1099511627777,1099511627779,1099511627777,'','630','803','','',30,90,10,NULL,NULL,4,'803','2026-11-23/1.1.wav',1,1);
INSERT INTO "coocenter_calls" VALUES(1099511627778,1,'2.1',1795430400,1795430460,'inbound','missed',NULL,1099511627780,1099511627781,1099511627780,'','','','','',60,0,NULL,NULL,NULL,NULL,'801','',0,0);
CREATE TABLE coocenter_facts (
	name VARCHAR(32) NOT NULL, 
	value VARCHAR(255) NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "coocenter_facts" VALUES('version','1');
CREATE TABLE coocenter_hours (
	pbx INTEGER NOT NULL, 
	hour BIGINT NOT NULL, 
	queue VARCHAR(64) NOT NULL, 
	calls BIGINT NOT NULL, 
	inbound BIGINT NOT NULL, 
	answered BIGINT NOT NULL, 
	missed BIGINT NOT NULL, 
	wait BIGINT NOT NULL, 
	talk BIGINT NOT NULL, 
	talked BIGINT NOT NULL, 
	in_time BIGINT NOT NULL, 
	scores BIGINT NOT NULL, 
	score BIGINT NOT NULL, 
	PRIMARY KEY (pbx, hour, queue)
);
INSERT INTO "coocenter_hours" VALUES(1,1795428000,'',1,1,0,1,0,0,0,0,0,0);
INSERT INTO "coocenter_hours" VALUES(1,1795428000,'630',1,1,1,0,10,90,1,1,1,4);
CREATE TABLE coocenter_marks (
	pbx INTEGER NOT NULL, 
	uid VARCHAR(255) NOT NULL, 
	state VARCHAR(9) NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (pbx, uid)
);
INSERT INTO "coocenter_marks" VALUES(1,'2.1','completed',1795429800);
CREATE TABLE coocenter_parties (
	id INTEGER NOT NULL, 
	pbx INTEGER NOT NULL, 
	number VARCHAR(64) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	number_key VARCHAR(64) NOT NULL, 
	search VARCHAR(320) NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT coocenter_party UNIQUE (pbx, number, name)
);
INSERT INTO "coocenter_parties" VALUES(1099511627777,1,'01632960123','Alice Liddell','+441632960123','01632960123
441632960123
alice liddell');
INSERT INTO "coocenter_parties" VALUES(1099511627778,1,'630','','630','630
630
');
INSERT INTO "coocenter_parties" VALUES(1099511627779,1,'803','','803','803
803
');
INSERT INTO "coocenter_parties" VALUES(1099511627780,1,'01632960124','','+441632960124','01632960124
441632960124
');
INSERT INTO "coocenter_parties" VALUES(1099511627781,1,'801','','801','801
801
');
CREATE TABLE coocenter_party_parts (
	part VARCHAR(24) NOT NULL, 
	party BIGINT NOT NULL, 
	PRIMARY KEY (part, party)
)
 WITHOUT ROWID

;
INSERT INTO "coocenter_party_parts" VALUES('0123',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('01632960123',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('123',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('1632960123',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('23',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('2960123',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('32960123',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('41632960123',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('441632960123',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('60123',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('632960123',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('960123',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('alice liddell',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('ce liddell',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('ddell',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('dell',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('e liddell',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('ell',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('ice liddell',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('iddell',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('lice liddell',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('liddell',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('ll',1099511627777);
INSERT INTO "coocenter_party_parts" VALUES('30',1099511627778);
INSERT INTO "coocenter_party_parts" VALUES('630',1099511627778);
INSERT INTO "coocenter_party_parts" VALUES('03',1099511627779);
INSERT INTO "coocenter_party_parts" VALUES('803',1099511627779);
INSERT INTO "coocenter_party_parts" VALUES('0124',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('01632960124',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('124',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('1632960124',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('24',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('2960124',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('32960124',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('41632960124',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('441632960124',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('60124',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('632960124',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('960124',1099511627780);
INSERT INTO "coocenter_party_parts" VALUES('01',1099511627781);
INSERT INTO "coocenter_party_parts" VALUES('801',1099511627781);
CREATE TABLE coocenter_pbxs (
	id INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	region VARCHAR(2) NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT coocenter_pbx UNIQUE (name)
);
INSERT INTO "coocenter_pbxs" VALUES(1,'pbx','UTC','GB');
CREATE TABLE coocenter_records (
	pbx INTEGER NOT NULL, 
	digest VARCHAR(280) NOT NULL, 
	call BIGINT NOT NULL, 
	kind VARCHAR(6) NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (pbx, digest)
)
 WITHOUT ROWID

;
INSERT INTO "coocenter_records" VALUES(1,'1.1:67cb31987650a8c116f4dbf4',1099511627777,'cdr','{"received":"2026-11-23T10:30:00+00:00","extensions":[],"body":{"uniqueid":"1.1","caller":{"number":"01632960123","name":"Alice Liddell"},"source":"01632960123","destination":"630","started":"2026-11-23T10:30:00","answered":"2026-11-23T10:30:00","ended":"2026-11-23T10:32:00","disposition":"answered","duration":120,"billable":120,"direction":"inbound","recording":"2026-11-23/1.1.wav"}}');
INSERT INTO "coocenter_records" VALUES(1,'1.1:82fe0f3956ec19429a8aeae2',1099511627777,'cc_cdr','{"received":"2026-11-23T10:30:00+00:00","extensions":["803"],"body":{"uniqueid":"1.1","caller":"01632960123","queue":"630","agent":"803","direction":"inbound","started":"2026-11-23T10:30:00","ended":"2026-11-23T10:32:00","queue_time":10,"talk_time":90,"voicemail":false,"score":4}}');
INSERT INTO "coocenter_records" VALUES(1,'2.1:5e43fb30eb3522af7f99eafb',1099511627778,'live','{"received":"2026-11-23T10:30:00+00:00","extensions":["801"],"body":{"direction":"inbound","started":"2026-11-23T10:40:00+00:00","ended":"2026-11-23T10:41:00+00:00","outcome":"missed","caller":{"number":"01632960124"},"callee":{"number":"801"}}}');
CREATE TABLE coocenter_stale_hours (
	pbx INTEGER NOT NULL, 
	hour BIGINT NOT NULL, 
	PRIMARY KEY (pbx, hour)
);
CREATE INDEX coocenter_party_key ON coocenter_parties (pbx, number_key);
CREATE INDEX coocenter_parts_of_party ON coocenter_party_parts (party);
CREATE INDEX coocenter_calls_by_outcome ON coocenter_calls (pbx, outcome, started, id, direction, recorded);
CREATE INDEX coocenter_calls_by_queue ON coocenter_calls (pbx, queue, started, id, direction, outcome, recorded, agent);
CREATE INDEX coocenter_calls_by_agent ON coocenter_calls (pbx, agent, started, id, direction, outcome, recorded);
CREATE INDEX coocenter_calls_by_time ON coocenter_calls (pbx, started, id);
CREATE INDEX coocenter_calls_by_direction ON coocenter_calls (pbx, direction, started, id, outcome, recorded);
CREATE INDEX coocenter_calls_by_recording ON coocenter_calls (pbx, recorded, started, id, direction, outcome);
CREATE INDEX coocenter_parties_of_call ON coocenter_call_parties (call);
CREATE INDEX coocenter_records_of_call ON coocenter_records (call);
COMMIT;
