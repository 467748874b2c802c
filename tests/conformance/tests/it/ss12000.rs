//! SS 12000 registers.
