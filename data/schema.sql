-- The tables of one edition: what the files said on one day. Nothing here is derived: role groups,
-- retirement dates and counts are computed at reading time from these facts and data/rules/.
-- Order matters: a table stands after those it refers to.

-- One row per edition: a single row.
CREATE TABLE about (
    edition_number   INTEGER   PRIMARY KEY CHECK (edition_number > 0),
    as_of            DATE      NOT NULL,
    created_at       TIMESTAMP NOT NULL,             -- UTC
    source_files     VARCHAR[] NOT NULL,             -- base names, never paths
    is_synthetic     BOOLEAN   NOT NULL,
    government_name  VARCHAR   NOT NULL CHECK (government_name <> ''),
    note             VARCHAR   NOT NULL,
    built_on_number  INTEGER   CHECK (built_on_number < edition_number)  -- NULL: started from empty
);

-- One row per government (kota, kabupaten, provinsi).
CREATE TABLE government (
    government_id  VARCHAR PRIMARY KEY CHECK (government_id <> ''),  -- Kemendagri code, or 'local'
    name           VARCHAR NOT NULL CHECK (name <> '')
);

-- One row per unit (school, office, kelurahan ...) in which somebody works.
CREATE TABLE unit (
    unit_id        VARCHAR PRIMARY KEY CHECK (unit_id <> ''),
    government_id  VARCHAR NOT NULL REFERENCES government (government_id),
    name           VARCHAR NOT NULL CHECK (name <> ''),
    opd            VARCHAR NOT NULL CHECK (opd <> ''),
    kind           VARCHAR NOT NULL CHECK (kind IN
                   ('sekolah', 'kecamatan', 'kelurahan', 'puskesmas', 'rumah_sakit', 'opd', 'upt')),
    kecamatan      VARCHAR,
    npsn           VARCHAR,
    school_level   VARCHAR,
    latitude       DOUBLE  CHECK (latitude BETWEEN -90 AND 90),     -- degrees, WGS 84
    longitude      DOUBLE  CHECK (longitude BETWEEN -180 AND 180),  -- degrees, WGS 84
    CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CHECK (school_level IS NULL OR kind = 'sekolah')
);

-- One row per person on the roster on the edition's day.
CREATE TABLE employee (
    nip                   VARCHAR PRIMARY KEY CHECK (regexp_full_match(nip, '[0-9]{18}')),
    name                  VARCHAR NOT NULL,
    sex                   VARCHAR CHECK (sex IN ('L', 'P')),
    birth_date            DATE    NOT NULL CHECK (birth_date >= DATE '1900-01-01'),
    employment            VARCHAR NOT NULL CHECK (employment IN ('PNS', 'CPNS', 'PPPK', 'PPPK_PW')),
    legal_status_code     VARCHAR,
    is_in_headcount       BOOLEAN NOT NULL,
    is_on_duty            BOOLEAN NOT NULL,
    golongan              VARCHAR,
    golongan_since        DATE,
    position_since        DATE,
    appointed_on          DATE,
    contract_ends_on      DATE,
    stated_retires_on     DATE,     -- as the file says; ours is computed
    service_years         BIGINT,
    service_months        BIGINT,   -- beside service_years
    stated_bup_years      BIGINT,   -- as the file says; ours is computed
    position_kind         VARCHAR,
    position              VARCHAR,
    echelon               VARCHAR,
    stated_jenjang        VARCHAR,
    education_level       VARCHAR,
    education             VARCHAR,
    extra_duty            VARCHAR,
    has_head_certificate  BOOLEAN,
    unit_id               VARCHAR NOT NULL REFERENCES unit (unit_id),
    -- As the file writes them, so that units can be joined to schools again when a school list comes.
    unit                  VARCHAR NOT NULL CHECK (unit <> ''),
    opd                   VARCHAR NOT NULL CHECK (opd <> ''),
    kecamatan             VARCHAR,
    npsn                  VARCHAR
);

-- One row per school and school year (2025 means 2025/26).
CREATE TABLE school_year_profile (
    npsn             VARCHAR NOT NULL CHECK (npsn <> ''),
    school_year      BIGINT  NOT NULL CHECK (school_year BETWEEN 1945 AND 2200),
    name             VARCHAR NOT NULL,
    level            VARCHAR,
    status           VARCHAR CHECK (status IN ('negeri', 'swasta')),
    kecamatan        VARCHAR,
    village          VARCHAR,
    latitude         DOUBLE  CHECK (latitude BETWEEN -90 AND 90),     -- degrees, WGS 84
    longitude        DOUBLE  CHECK (longitude BETWEEN -180 AND 180),  -- degrees, WGS 84
    pupil_count      BIGINT  CHECK (pupil_count >= 0),
    rombel_count     BIGINT  CHECK (rombel_count >= 0),
    teacher_count    BIGINT  CHECK (teacher_count >= 0),
    staff_count      BIGINT  CHECK (staff_count >= 0),
    classroom_count  BIGINT  CHECK (classroom_count >= 0),
    -- Classrooms by condition, and who is exempt from mergers, as lists say; NULL: not told.
    room_good_count      BIGINT  CHECK (room_good_count >= 0),
    room_light_count     BIGINT  CHECK (room_light_count >= 0),     -- rusak ringan
    room_moderate_count  BIGINT  CHECK (room_moderate_count >= 0),  -- rusak sedang
    room_heavy_count     BIGINT  CHECK (room_heavy_count >= 0),     -- rusak berat
    is_remote        BOOLEAN,  -- 3T, daerah khusus, terpencil
    is_special       BOOLEAN,  -- SLB and other special schools
    is_integrated    BOOLEAN,  -- satu atap
    PRIMARY KEY (npsn, school_year)
);

-- One row per teacher or staff member and school of the GTK list; per subject where it tells hours.
CREATE TABLE school_teacher (
    school_teacher_id    VARCHAR PRIMARY KEY,
    name                 VARCHAR NOT NULL,
    nuptk                VARCHAR,
    nip                  VARCHAR,
    sex                  VARCHAR CHECK (sex IN ('L', 'P')),
    birth_date           DATE,
    employment           VARCHAR,
    teacher_kind         VARCHAR,
    school               VARCHAR,
    npsn                 VARCHAR,
    extra_duty           VARCHAR,
    golongan             VARCHAR,
    appointed_on         DATE,
    subject              VARCHAR,   -- what is taught, as written
    certificate_subject  VARCHAR,   -- subject of the teaching certificate
    weekly_hours         DOUBLE CHECK (weekly_hours >= 0),  -- JP a week, of this subject
    home_kecamatan       VARCHAR    -- personal: only for those who may see names
);

-- One row per school, school year (2025 means 2025/26) and grade. Counts only, never pupils.
CREATE TABLE enrolment (
    npsn         VARCHAR NOT NULL CHECK (npsn <> ''),
    school_year  BIGINT  NOT NULL CHECK (school_year BETWEEN 1945 AND 2200),
    grade        BIGINT  NOT NULL CHECK (grade BETWEEN 0 AND 12),  -- 0 kindergarten
    pupil_count  BIGINT  NOT NULL CHECK (pupil_count >= 0),
    PRIMARY KEY (npsn, school_year, grade)
);

-- One row per area (kecamatan, or a whole government: '' or its name) and calendar year.
CREATE TABLE birth (
    area         VARCHAR NOT NULL,
    year         BIGINT  NOT NULL CHECK (year BETWEEN 1900 AND 2200),
    birth_count  BIGINT  CHECK (birth_count >= 0),  -- live births; NULL: the cell was empty
    is_reported  BOOLEAN NOT NULL,                  -- FALSE: not to be believed
    PRIMARY KEY (area, year),
    CHECK (birth_count IS NOT NULL OR NOT is_reported)
);

-- One row per school, school year (2025 means 2025/26) and religion. Counts only, never persons.
CREATE TABLE pupil_religion (
    npsn         VARCHAR NOT NULL CHECK (npsn <> ''),
    school_year  BIGINT  NOT NULL CHECK (school_year BETWEEN 1945 AND 2200),
    religion     VARCHAR NOT NULL CHECK (religion IN
                 ('islam', 'kristen', 'katolik', 'hindu', 'buddha', 'khonghucu', 'kepercayaan')),
    pupil_count  BIGINT  NOT NULL CHECK (pupil_count >= 0),
    PRIMARY KEY (npsn, school_year, religion)
);

-- One row per person and day of leaving. What is known of the person is as of that day.
CREATE TABLE exit (
    nip               VARCHAR NOT NULL CHECK (regexp_full_match(nip, '[0-9]{18}')),
    exited_on         DATE    NOT NULL,               -- the first day no longer in service
    cause             VARCHAR NOT NULL CHECK (cause <> ''),  -- of data/rules/exit_cause_name.csv
    reason            VARCHAR NOT NULL,               -- as the list writes it; '' where it does not
    origin            VARCHAR NOT NULL CHECK (origin IN ('list', 'inferred')),
    is_day_known      BOOLEAN NOT NULL,               -- FALSE: the middle between two rosters
    name              VARCHAR,
    sex               VARCHAR CHECK (sex IN ('L', 'P')),
    birth_date        DATE    CHECK (birth_date < exited_on),
    employment        VARCHAR CHECK (employment IN ('PNS', 'CPNS', 'PPPK', 'PPPK_PW')),
    golongan          VARCHAR,
    position_kind     VARCHAR,
    position          VARCHAR,
    echelon           VARCHAR,
    stated_jenjang    VARCHAR,
    extra_duty        VARCHAR,
    unit              VARCHAR,
    opd               VARCHAR,
    appointed_on      DATE,
    contract_ends_on  DATE,
    PRIMARY KEY (nip, exited_on)
);

-- One row per school, school year (2025 means 2025/26) and grade of which classes were listed.
CREATE TABLE rombel_by_grade (
    npsn          VARCHAR NOT NULL CHECK (npsn <> ''),
    school_year   BIGINT  NOT NULL CHECK (school_year BETWEEN 1945 AND 2200),
    grade         BIGINT  NOT NULL CHECK (grade BETWEEN 0 AND 12),  -- 0 kindergarten
    rombel_count  BIGINT  NOT NULL CHECK (rombel_count > 0),        -- classes, no electives or clubs
    PRIMARY KEY (npsn, school_year, grade)
);

-- One row per OPD, unit, position title and year of a workload analysis (ABK) of the government.
CREATE TABLE post_need (
    opd               VARCHAR NOT NULL CHECK (opd <> ''),
    unit              VARCHAR NOT NULL,   -- '': the whole OPD
    title             VARCHAR NOT NULL CHECK (title <> ''),
    year              BIGINT  NOT NULL CHECK (year BETWEEN 2000 AND 2199),
    job_class         BIGINT,             -- kelas jabatan
    in_post_count     BIGINT  CHECK (in_post_count >= 0),  -- bezetting, as the sheet says
    needed_fte        DOUBLE  NOT NULL CHECK (needed_fte >= 0),  -- posts, not rounded
    is_from_workload  BOOLEAN NOT NULL,   -- FALSE: stated; TRUE: volume x time / effective time
    PRIMARY KEY (opd, unit, title, year)
);

-- One row per budget year and stage (planned, realised) of the APBD. Whole rupiah.
CREATE TABLE budget_year (
    year                       BIGINT  NOT NULL CHECK (year BETWEEN 2000 AND 2199),
    is_realised                BOOLEAN NOT NULL,
    total_idr                  BIGINT  NOT NULL CHECK (total_idr > 0),      -- belanja daerah
    personnel_idr              BIGINT  NOT NULL CHECK (personnel_idr > 0),  -- belanja pegawai
    teacher_allowance_idr      BIGINT  NOT NULL CHECK (teacher_allowance_idr >= 0),  -- TKD, in it
    is_teacher_allowance_told  BOOLEAN NOT NULL,                            -- FALSE: nobody wrote it
    council_head_idr           BIGINT  CHECK (council_head_idr >= 0),  -- DPRD, head of region
    transfer_idr               BIGINT  CHECK (transfer_idr >= 0),      -- income from the centre
    source                     VARCHAR NOT NULL,                       -- base name of the file
    PRIMARY KEY (year, is_realised),
    CHECK (personnel_idr <= total_idr),
    CHECK (teacher_allowance_idr <= personnel_idr)
);

-- One row per spreadsheet row that the import of this edition left out.
CREATE TABLE refused_row (
    refused_row_number  BIGINT  PRIMARY KEY,
    sheet               VARCHAR NOT NULL,
    spreadsheet_row     BIGINT,            -- as the spreadsheet shows it, from 1
    codes               VARCHAR NOT NULL,  -- fault codes, comma between
    reasons             VARCHAR NOT NULL,
    cells               JSON    NOT NULL   -- canonical column -> text as written
);

-- One row per fault that the import of this edition found.
CREATE TABLE import_fault (
    import_fault_number  BIGINT  PRIMARY KEY,
    file                 VARCHAR NOT NULL,
    spreadsheet_row      BIGINT,            -- NULL: the file as a whole
    header               VARCHAR NOT NULL,  -- the column as the file writes it
    written_value        VARCHAR NOT NULL,
    code                 VARCHAR NOT NULL,  -- its words are in data/faults.csv
    details              JSON    NOT NULL
);
