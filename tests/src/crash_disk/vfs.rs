//! The C interface between SQLite and the disk model: nothing here decides anything. See
//! <https://sqlite.org/c3ref/vfs.html> and <https://sqlite.org/c3ref/io_methods.html>.
//!
//! Ownership: a [`Registration`] leaks its `sqlite3_vfs` (some 250 bytes a disk), because SQLite keeps the
//! pointer in every connection. The leaked part refers to the disk only weakly; each open file holds
//! it strongly, so a disk lives exactly as long as its handle or any open file.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::size_of;
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::ffi;

use super::Shared;
use super::disk::{Code, Disk, Inode};
use super::locks::HandleId;

static LAST_NUMBER: AtomicU64 = AtomicU64::new(0);

fn next_number() -> u64 {
    LAST_NUMBER.fetch_add(1, Ordering::Relaxed) + 1
}

/// What a leaked `sqlite3_vfs` points to.
struct AppData {
    disk: Weak<Shared>,
    random: Mutex<StdRng>,
}

/// One open file, behind SQLite's `sqlite3_file`.
struct Handle {
    disk: Arc<Shared>,
    inode: Inode,
    id: HandleId,
    /// Whether the file has a name, so that it outlives its handle and counts write points.
    lasting: bool,
    /// Whether its first sync must sync the directory too: SQLite's Unix VFS does so for a journal or WAL it created.
    directory_due: AtomicBool,
}

/// The layout SQLite allocates per file (`szOsFile`).
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    handle: *mut Handle,
}

/// A VFS known to SQLite until dropped.
#[derive(Debug)]
pub(super) struct Registration {
    name: String,
    vfs: NonNull<ffi::sqlite3_vfs>,
}

// SAFETY: the pointer is only handed to sqlite3_vfs_unregister, which is thread-safe; the leaked struct behind it
// is never written by Rust after registration.
unsafe impl Send for Registration {}
// SAFETY: as above; shared references give out only the name.
unsafe impl Sync for Registration {}

impl Registration {
    /// Registers a VFS of a new name for `disk`.
    ///
    /// # Panics
    /// If SQLite refuses, which only an uninitialisable SQLite does.
    pub(super) fn new(disk: &Arc<Shared>, seed: u64) -> Self {
        let name = format!("lastmile-crash-{}", next_number());
        let app_data =
            AppData { disk: Arc::downgrade(disk), random: Mutex::new(StdRng::seed_from_u64(seed)) };
        let vfs = Box::new(ffi::sqlite3_vfs {
            iVersion: 2,
            szOsFile: c_int::try_from(size_of::<File>()).unwrap_or(c_int::MAX),
            mxPathname: 1024,
            pNext: null_mut(),
            zName: CString::new(name.as_str()).unwrap_or_default().into_raw(),
            pAppData: Box::into_raw(Box::new(app_data)).cast(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: Some(get_last_error),
            xCurrentTimeInt64: Some(current_time_int64),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        });
        let vfs = NonNull::from(Box::leak(vfs));
        // SAFETY: the struct, its name and its app data are leaked, so they live as long as SQLite may look.
        let code = unsafe { ffi::sqlite3_vfs_register(vfs.as_ptr(), 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite refused the VFS {name}");
        Self { name, vfs }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: registered in `new`. Connections that still hold the pointer stay sound: it is leaked.
        unsafe { ffi::sqlite3_vfs_unregister(self.vfs.as_ptr()) };
    }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn code(result: Result<(), Code>) -> c_int {
    result.err().unwrap_or(ffi::SQLITE_OK)
}

/// A length or offset from SQLite; it never passes negative ones.
fn count(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(0)
}

/// The app data of a VFS of ours.
///
/// # Safety
/// `vfs` must be a pointer that [`Registration::new`] registered.
unsafe fn app_data<'a>(vfs: *mut ffi::sqlite3_vfs) -> &'a AppData {
    // SAFETY: registered with a leaked AppData (the caller's promise).
    unsafe { &*(*vfs).pAppData.cast::<AppData>() }
}

/// The handle behind an open file of ours.
///
/// # Safety
/// `file` must have been opened by [`open`] with success and not closed.
unsafe fn handle<'a>(file: *mut ffi::sqlite3_file) -> &'a Handle {
    // SAFETY: `open` put a leaked Box<Handle> there; `close` alone frees it (the caller's promise).
    unsafe { &*(*file.cast::<File>()).handle }
}

/// Runs `act` on the disk and file behind `file`.
///
/// # Safety
/// As [`handle`].
unsafe fn on_file<T>(file: *mut ffi::sqlite3_file, act: impl FnOnce(&mut Disk, &Handle) -> T) -> T {
    // SAFETY: the caller's promise.
    let handle = unsafe { handle(file) };
    act(&mut handle.disk.lock(), handle)
}

/// A file name from SQLite.
///
/// # Safety
/// `name` must point to a string that ends in NUL.
unsafe fn text<'a>(name: *const c_char) -> Option<&'a str> {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(name) }.to_str().ok()
}

// In every function below SQLite keeps its side of the documented contract: `vfs` is the registered struct, `file` was
// opened by `open` and is not yet closed, names are NUL-terminated, and out-pointers are valid for their type and length.

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let file = file.cast::<File>();
    // SAFETY: `file` has room for szOsFile bytes. Without methods SQLite will not call close after a failure.
    unsafe { (*file).base.pMethods = std::ptr::null() };
    // SAFETY: `vfs` is ours.
    let Some(disk) = unsafe { app_data(vfs) }.disk.upgrade() else {
        return ffi::SQLITE_CANTOPEN;
    };
    let has = |flag: c_int| flags & flag != 0;
    let opened = if name.is_null() {
        disk.lock().open_nameless().map(|inode| (inode, false))
    } else {
        // SAFETY: a name that is not null ends in NUL.
        let Some(name) = (unsafe { text(name) }) else {
            return ffi::SQLITE_CANTOPEN;
        };
        disk.lock().open(name, has(ffi::SQLITE_OPEN_CREATE), has(ffi::SQLITE_OPEN_EXCLUSIVE))
    };
    let (inode, created) = match opened {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let journal =
        ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL | ffi::SQLITE_OPEN_WAL;
    let handle = Handle {
        disk,
        inode,
        id: next_number(),
        lasting: !name.is_null(),
        directory_due: AtomicBool::new(created && has(journal)),
    };
    // SAFETY: as above; `out_flags` may be null.
    unsafe {
        (*file).handle = Box::into_raw(Box::new(handle));
        (*file).base.pMethods = &raw const METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: the box made by `open`; SQLite closes a file once.
    let handle = unsafe { Box::from_raw((*file.cast::<File>()).handle) };
    let mut disk = handle.disk.lock();
    let live = disk.live(handle.inode);
    live.lock.unlock(handle.id, ffi::SQLITE_LOCK_NONE);
    live.memory.unmap(handle.id);
    if !handle.lasting {
        disk.forget(handle.inode);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    out: *mut c_void,
    amount: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: `out` has room for `amount` bytes and is SQLite's buffer, initialised or not; it is only written below after
    // being zeroed here.
    let out = unsafe {
        std::ptr::write_bytes(out.cast::<u8>(), 0, count(amount));
        std::slice::from_raw_parts_mut(out.cast::<u8>(), count(amount))
    };
    // SAFETY: `file` is open.
    match unsafe { on_file(file, |disk, file| disk.read(file.inode, count(offset), out)) } {
        Ok(read) if read == out.len() => ffi::SQLITE_OK,
        Ok(_) => ffi::SQLITE_IOERR_SHORT_READ,
        Err(code) => code,
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    data: *const c_void,
    amount: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: `data` holds `amount` bytes.
    let data = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), count(amount)) };
    // SAFETY: `file` is open.
    code(unsafe {
        on_file(file, |disk, file| disk.write(file.inode, file.lasting, count(offset), data))
    })
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: `file` is open.
    code(unsafe {
        on_file(file, |disk, file| disk.truncate(file.inode, file.lasting, count(size)))
    })
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: `file` is open.
    code(unsafe {
        on_file(file, |disk, file| {
            let directory = file.directory_due.load(Ordering::Relaxed);
            disk.sync(file.inode, file.lasting, directory)?;
            file.directory_due.store(false, Ordering::Relaxed);
            Ok(())
        })
    })
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: `file` is open and `out` writable.
    unsafe {
        on_file(file, |disk, file| {
            code(
                disk.powered(ffi::SQLITE_IOERR_FSTAT)
                    .map(|()| *out = i64::try_from(disk.len(file.inode)).unwrap_or(0)),
            )
        })
    }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: `file` is open.
    code(unsafe {
        on_file(file, |disk, file| {
            disk.powered(ffi::SQLITE_IOERR_LOCK)?;
            disk.live(file.inode).lock.lock(file.id, level)
        })
    })
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: `file` is open.
    unsafe { on_file(file, |disk, file| disk.live(file.inode).lock.unlock(file.id, level)) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: `file` is open and `out` writable.
    unsafe {
        *out = on_file(file, |disk, file| c_int::from(disk.live(file.inode).lock.reserved()));
    };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(
    _file: *mut ffi::sqlite3_file,
    _op: c_int,
    _arg: *mut c_void,
) -> c_int {
    ffi::SQLITE_NOTFOUND
}

/// What SQLite's Unix VFS answers.
unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    4096
}

/// What SQLite's Unix VFS answers: writing some bytes does not harm their neighbours.
unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: `file` is open.
    let mapped = unsafe {
        on_file(file, |disk, file| {
            disk.powered(ffi::SQLITE_IOERR_SHMMAP)?;
            disk.live(file.inode).memory.map(file.id, count(region), count(size), extend != 0)
        })
    };
    // SAFETY: `out` is writable. The region stays where it is until this connection unmaps it.
    unsafe { *out = mapped.unwrap_or_default().map_or(null_mut(), |start| start.as_ptr().cast()) };
    code(mapped.map(|_| ()))
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    first: c_int,
    number: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: `file` is open.
    code(unsafe {
        on_file(file, |disk, file| {
            if flags & ffi::SQLITE_SHM_LOCK != 0 {
                disk.powered(ffi::SQLITE_IOERR_SHMLOCK)?;
            }
            disk.live(file.inode).memory.lock(file.id, count(first), count(number), flags)
        })
    })
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    fence(Ordering::SeqCst);
    // Passing through the disk's mutex orders the memory of connections in other threads, as the Unix VFS does.
    // SAFETY: `file` is open.
    unsafe { on_file(file, |_, _| ()) };
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: `file` is open.
    unsafe { on_file(file, |disk, file| disk.live(file.inode).memory.unmap(file.id)) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_directory: c_int,
) -> c_int {
    // SAFETY: `vfs` is ours, `name` ends in NUL.
    match unsafe { (app_data(vfs).disk.upgrade(), text(name)) } {
        (Some(disk), Some(name)) => code(disk.lock().delete(name, sync_directory != 0)),
        _ => ffi::SQLITE_IOERR_DELETE,
    }
}

unsafe extern "C" fn access(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    _flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: `vfs` is ours, `name` ends in NUL.
    let (Some(disk), Some(name)) = (unsafe { (app_data(vfs).disk.upgrade(), text(name)) }) else {
        return ffi::SQLITE_IOERR_ACCESS;
    };
    let disk = disk.lock();
    // SAFETY: `out` is writable.
    unsafe { *out = c_int::from(disk.exists(name)) };
    code(disk.powered(ffi::SQLITE_IOERR_ACCESS))
}

/// Names are taken as they come: this disk has one directory.
unsafe extern "C" fn full_pathname(
    _vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: `name` ends in NUL.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes_with_nul();
    if bytes.len() > count(room) {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: `out` has `room` bytes, checked above.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), out.cast::<u8>(), bytes.len()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(
    vfs: *mut ffi::sqlite3_vfs,
    amount: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: `out` has `amount` bytes, zeroed before a slice is made of them; `vfs` is ours.
    let (out, app) = unsafe {
        std::ptr::write_bytes(out.cast::<u8>(), 0, count(amount));
        (std::slice::from_raw_parts_mut(out.cast::<u8>(), count(amount)), app_data(vfs))
    };
    app.random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(out);
    amount
}

/// Only SQLite's busy handler comes here.
unsafe extern "C" fn sleep(_vfs: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    std::thread::sleep(Duration::from_micros(u64::try_from(microseconds).unwrap_or(0)));
    microseconds
}

/// Milliseconds since noon in Greenwich on 24 November 4714 B.C., as SQLite counts.
fn julian_ms() -> i64 {
    const UNIX_EPOCH: i64 = 210_866_760_000_000;
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + i64::try_from(since.as_millis()).unwrap_or(0)
}

unsafe extern "C" fn current_time_int64(
    _vfs: *mut ffi::sqlite3_vfs,
    out: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: `out` is writable.
    unsafe { *out = julian_ms() };
    ffi::SQLITE_OK
}

#[allow(clippy::cast_precision_loss)] // a day count; SQLite asks for a double
unsafe extern "C" fn current_time(_vfs: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: `out` is writable.
    unsafe { *out = julian_ms() as f64 / 86_400_000.0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn get_last_error(
    _vfs: *mut ffi::sqlite3_vfs,
    _room: c_int,
    _out: *mut c_char,
) -> c_int {
    0
}
