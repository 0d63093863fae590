//! Counting time as the Civil Procedure Law does: which days are working days, when a period ends,
//! when a seizure lapses.
//!
//! # Article 85 as read here
//!
//! 民事诉讼法 (2023) 第八十五条:
//!
//! > 期间以时、日、月、年计算。期间开始的时和日,不计算在期间内。
//! > 期间届满的最后一日是法定休假日的,以法定休假日后的第一日为期间届满的日期。
//! > 期间不包括在途时间,诉讼文书在期满前交邮的,不算过期。
//!
//! - The hour or day a period begins in is not counted: thirty days after 17 March end on 16 April.
//! - A period by months or years ends on the day of the same number; where the month has none, on
//!   its last day (民法典 第二百零二条).
//! - 法定休假日 are the days on which the State Council's yearly notice has people off, and Saturdays
//!   and Sundays, except those the same notice makes workdays (调休). A period that ends on such a
//!   day ends on the first day after the whole run; one that ends on a make-up Saturday ends there.
//!   The law says 法定休假日 since 2021, where it said 节假日 before; that weekends belong to them
//!   follows from 国务院关于职工工作时间的规定 第七条 and is the courts' practice.
//! - Only the last day moves. Days off in the middle of a period count.
//! - A period in working days (工作日) counts working days only and never needs to move.
//! - Time for delivery by post (在途时间) is **not** computed: it depends on a postmark, which a
//!   person must read.
//!
//! A day that the table does not cover gives [`PeriodError::NotCovered`], never a guess; the answer
//! still names the day the plain count reaches. A seizure's end never moves: see [`SeizureTerm`].
//!
//! No clock is read here; every "today" is a parameter.

mod holidays;
mod period;
pub mod seizure;

pub use holidays::{HolidayTable, NotCovered, TableError};
pub use period::{Deadline, HourDeadline, Period, PeriodError, end_of_hours};
pub use seizure::{SeizedProperty, SeizureStage, SeizureTerm};
