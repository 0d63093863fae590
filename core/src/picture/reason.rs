//! Why a picture was not read, or not whole, and what is to be known about what was read. Every file is
//! kept whatever stands here: these sentences explain what a screen shows, they refuse nothing.

use crate::identifier::reasons;

reasons! {
    UNREADABLE: "file_unreadable", "文件无法读取,请检查存储后重试。", "The file cannot be read; check the storage and try again.";
    EMPTY: "file_empty", "文件是空的(0字节)。", "The file is empty.";
    NOT_A_PICTURE: "not_a_picture", "不是照片或图片,按文件保存。", "Not a picture; kept as a file.";
    FORMAT_NOT_READ: "picture_format_not_read", "此种图片格式不在本机显示,原件照常保存。", "Pictures of this format are not shown here; the original is kept.";
    PIXELS_NOT_DECODED: "pixels_not_decoded", "HEIC、AVIF照片只读取拍摄信息,画面不在本机显示;原件照常保存。", "Of HEIC and AVIF the particulars are read, the picture is not shown here; the original is kept.";
    FILE_TOO_LARGE: "picture_file_too_large", "图片文件超过64MB,不读取内容;原件照常保存。", "The picture's file is larger than 64 MB and is not read; the original is kept.";
    TOO_MANY_PIXELS: "picture_too_many_pixels", "图片尺寸过大,不生成缩略图;原件照常保存。", "The picture has too many pixels for a thumbnail; the original is kept.";
    TOO_COMPLEX: "picture_too_complex", "图片结构异常复杂,不再读取;原件照常保存。", "The picture's structure is unusually complex and is not read; the original is kept.";
    DAMAGED: "picture_damaged", "图片已损坏,无法显示;原件照常保存。", "The picture is damaged and cannot be shown; the original is kept.";
    TRUNCATED: "picture_truncated", "图片不完整,后面部分缺失;原件照常保存。", "The picture is cut off, its end is missing; the original is kept.";
    NAME_DIFFERS: "file_name_differs", "文件扩展名与实际格式不符。", "The file's extension does not match its format.";
    EXIF_DAMAGED: "exif_damaged", "照片附带的拍摄信息有损坏,可能未读全。", "The photo's particulars (EXIF) are damaged; some may be missing.";
    EXIF_TOO_LARGE: "exif_too_large", "照片附带的拍摄信息过大,未读取。", "The photo's particulars (EXIF) are too large and were not read.";
    ORIENTATION_UNKNOWN: "orientation_unknown", "照片记载的方向无效,按原样显示。", "The photo's orientation is not a valid one; it is shown as stored.";
    TIME_ABSENT: "taken_at_absent", "照片未记载拍摄时间。", "The photo does not say when it was taken.";
    TIME_UNREADABLE: "taken_at_unreadable", "照片记载的拍摄时间无法识读。", "The photo's time cannot be understood.";
    GPS_ABSENT: "gps_absent", "照片未记载拍摄位置。", "The photo does not say where it was taken.";
    GPS_ZERO: "gps_zero", "照片记载的位置为(0,0),是定位失败的默认值,不采用。", "The photo's position is 0,0, which a failed fix writes; it is not used.";
    GPS_UNREADABLE: "gps_unreadable", "照片记载的位置无法识读,不采用。", "The photo's position cannot be understood and is not used.";
    GPS_OUT_OF_RANGE: "gps_out_of_range", "照片记载的经纬度超出范围,不采用。", "The photo's position lies outside the possible and is not used.";
    GPS_OTHER_DATUM: "gps_other_datum", "照片位置采用的坐标系无法识别,不采用。", "The photo's position refers to a datum not known here and is not used.";
    NOTHING_COVERED: "redaction_nothing_covered", "请先框选要遮盖的部分。", "Mark what is to be covered first.";
    TOO_MANY_COVERS: "redaction_too_many", "遮盖处过多,最多64处。", "Too many covered places; at most 64.";
    COVER_OUTSIDE: "redaction_outside", "遮盖框为空或超出画面,请重新框选。", "A covered place is empty or lies outside the picture; mark it again.";
}
