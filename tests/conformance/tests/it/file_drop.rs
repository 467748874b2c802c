//! Registers that write files, read from a folder in memory.

mod faults;
mod folder;
mod register;

use world::ExportForm;

use self::register::Register;

conforms!(school_data_sync, super::Register::of(super::ExportForm::SdsV2_1));
conforms!(own_columns, super::Register::of(super::ExportForm::Own));
conforms!(unikum, super::Register::of(super::ExportForm::Unikum));
