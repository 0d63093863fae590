/*
 * The application: opens the store with the key that the phone's key store unwraps, signs the officer in, and is
 * where jobs and services find the phone.
 */
package cn.lastmile.officer.host

import android.app.Application
import cn.lastmile.core.Road
import cn.lastmile.core.Signer
import cn.lastmile.core.enrol
import cn.lastmile.core.readCode
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.desk.PhoneDesk
import cn.lastmile.officer.desk.Route
import cn.lastmile.shim.assistance.AssistanceService
import cn.lastmile.shim.assistance.PhoneAssistance
import cn.lastmile.shim.assistance.SmsSender
import cn.lastmile.shim.field.CoreLibrary
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.DeviceParts
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.StoreAt
import cn.lastmile.shim.host.Ports
import cn.lastmile.shim.host.PortsOwner
import cn.lastmile.shim.keys.DatabaseKey
import cn.lastmile.shim.keys.KeyUse
import cn.lastmile.shim.keys.KeystoreKeys
import cn.lastmile.shim.position.LocationSource
import cn.lastmile.shim.position.PositionTrouble
import cn.lastmile.shim.sync.PhoneOutbox
import cn.lastmile.shim.sync.PhoneSync
import cn.lastmile.shim.sync.SyncJobs
import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.io.File
import java.security.SecureRandom

/** This phone was never registered: nothing can be opened. */
class NotRegistered : Exception("not_registered"), Trouble {
    override val code = "not_registered"
    override val words = Words("本机还没有登记。请输入管理员给的登记码。", "This phone is not registered: type the administrator's code.")
}

/** The officer has a PIN and has not typed it since the app began. */
class PinWanted : Exception("pin_wanted"), Trouble {
    override val code = "pin_wanted"
    override val words = Words("请输入口令。", "Type the PIN.")
}

/** The officer has no PIN on this phone yet; without one nobody gets out of signing mode. */
class PinUnset : Exception("pin_unset"), Trouble {
    override val code = "pin_unset"
    override val words = Words("请先设置口令(6至12位数字)。", "Choose a PIN first, 6 to 12 digits.")
}

/** [Registering] is the door while nobody is signed in. */
class OfficerApp : Application(), PortsOwner, DeskOwner, Registering {
    private val opening = Mutex()
    private val keys by lazy { KeystoreKeys(this) }
    private val places by lazy { LocationSource(this) }
    private val home by lazy { File(noBackupFilesDir, "lastmile").apply { mkdirs() } }
    private val deviceFile get() = File(home, "device.json")
    private var desk: Desk? = null
    private var now: Session? = null

    override val photos by lazy { Photos(this) { desk() } }

    override fun onCreate() {
        super.onCreate()
        SyncJobs(this).keepWatch()
    }

    override suspend fun desk(): Desk = opening.withLock {
        desk ?: open().also { opened ->
            desk = opened
            takeUp(opened)
        }
    }

    override suspend fun session(): Session {
        val opened = desk()
        return now ?: Session(opened).also { now = it }
    }

    override suspend fun ports(): Ports {
        val core = opening.withLock { signedIn() }
        return Ports(
            PhoneSync(core), PhoneOutbox(core) { listOfNotNull(lastCall) }, PhoneAssistance(core) { null },
            SmsSender(this), places, photos.sink,
        )
    }

    private var lastCall: String? = null

    override suspend fun register(code: String) = withContext(Dispatchers.IO) {
        CoreLibrary.check()
        val road = Road.http(readCode(code).url, roots())
        keys.forget(SELF)
        val everyday = CoreSigner(keys.create(SELF, KeyUse.RECORD, null))
        val enrolled = enrol(code, road, everyday, null)
        File(home, "road").writeText(readCode(code).url)
        File(home, "device.part").apply {
            writeText(enrolled.deviceFile)
            check(renameTo(deviceFile)) { "the device file could not be kept" }
        }
        Unit
    }

    override suspend fun unlock(pin: String) {
        val core = checkNotNull(FieldCore.open)
        core.ask { it.unlock(it.people().first().person, pin, signers()) }
    }

    override suspend fun choosePin(pin: String) {
        checkNotNull(FieldCore.open).ask { it.setPin(pin) }
    }

    private suspend fun signers(): List<Signer> =
        listOfNotNull(keys.signer(SELF, KeyUse.RECORD)).map { CoreSigner(it) }

    private suspend fun signedIn(): FieldCore {
        val core = FieldCore.open ?: start()
        if (core.ask { it.signedIn() } == null) {
            if (core.ask { it.people() }.isNotEmpty()) throw PinWanted()
            val signer = signers().firstOrNull() ?: throw NotRegistered()
            core.ask { it.signIn(deviceFile.readText(), signer, null) }
        }
        return core
    }

    private suspend fun open(): Desk {
        val core = signedIn()
        if (core.ask { it.people() }.isEmpty()) throw PinUnset()
        try {
            places.start()
        } catch (_: PositionTrouble) {
            // The screens say so where it matters; a place can be written in words.
        }
        return PhoneDesk(core, Route(this), places, { signers() }) { record ->
            lastCall = record
            AssistanceService.start(this, record)
        }
    }

    private suspend fun start(): FieldCore {
        if (!deviceFile.exists()) throw NotRegistered()
        val store = File(home, "phone.db")
        val key = DatabaseKey(this, keys).open(store.exists())
        val at = StoreAt(store.toPath(), key, installation(), deviceFile.readText())
        return withContext(Dispatchers.IO) { FieldCore.start(at, DeviceParts()) }.also { core ->
            core.setRoad(Road.http(File(home, "road").readText(), roots()))
        }
    }

    /** Photos that a killed app or camera left behind become part of the line that was being written. */
    private suspend fun takeUp(opened: Desk) {
        for ((record, hash) in Photos(this) { opened }.finishAll()) {
            opened.keepLine(record, opened.line(record).copy(photo = hash))
        }
    }

    private fun installation(): ByteArray {
        val file = File(home, "installation")
        if (!file.exists()) file.writeBytes(ByteArray(16).also { SecureRandom().nextBytes(it) })
        return file.readBytes()
    }

    /** Certificates of the court's own authority, packed with the app; none means that the road is not encrypted. */
    private fun roots(): List<ByteArray> =
        assets.list("roots").orEmpty().map { name -> assets.open("roots/$name").use { it.readBytes() } }

    private companion object {
        const val SELF = "self"
    }
}
