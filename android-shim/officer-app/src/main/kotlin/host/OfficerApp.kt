/*
 * The application: opens the store with the key that the phone's key store unwraps, signs the officer in, and is
 * where jobs and services find the phone.
 */
package cn.lastmile.officer.host

import android.app.Application
import android.os.SystemClock
import cn.lastmile.core.LastmileException
import cn.lastmile.core.Road
import cn.lastmile.core.Signer
import cn.lastmile.core.readCode
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.desk.OF_KEYS_BEFORE
import cn.lastmile.officer.desk.PhoneDesk
import cn.lastmile.officer.desk.PrinterTrial
import cn.lastmile.officer.desk.Route
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.assistance.AssistanceService
import cn.lastmile.shim.assistance.PhoneAssistance
import cn.lastmile.shim.assistance.SmsSender
import cn.lastmile.shim.field.CoreLibrary
import cn.lastmile.shim.field.CorePositions
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.DeviceParts
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.StoreAt
import cn.lastmile.shim.files.writeDurably
import cn.lastmile.shim.host.DeviceClock
import cn.lastmile.shim.host.Ports
import cn.lastmile.shim.host.PortsOwner
import cn.lastmile.shim.keys.DatabaseKey
import cn.lastmile.shim.keys.DeviceSigner
import cn.lastmile.shim.keys.KeyTrouble
import cn.lastmile.shim.keys.KeyUse
import cn.lastmile.shim.keys.KeystoreKeys
import cn.lastmile.shim.position.LocationSource
import cn.lastmile.shim.position.PositionTrouble
import cn.lastmile.shim.sync.PhoneOutbox
import cn.lastmile.shim.sync.PhoneSync
import cn.lastmile.shim.sync.SyncJobs
import cn.lastmile.shim.wipe.PhoneWipe
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
    private lateinit var finger: Finger
    private val places by lazy { LocationSource(this) }
    private val whereabouts by lazy { CorePositions(places, SystemClock::elapsedRealtime) }
    private val home get() = File(noBackupFilesDir, "lastmile").apply { mkdirs() }
    private val registrations by lazy { Registrations(home) }
    private val registrar by lazy { Registrar(registrations, parts) }
    private val former by lazy { FormerKeys(registrations, registrar, parts) }
    private val wipe by lazy { PhoneWipe(this, keys, emptyList()) }
    private var desk: Desk? = null
    private var over: FieldCore? = null
    private var now: Session? = null

    override val photos by lazy { Photos(this) { desk() } }
    override val crew by lazy { HotspotCrew(this) { opening.withLock { signedIn() } } }

    override fun onCreate() {
        super.onCreate()
        finger = Finger(this, keys) { registrations.now()?.keys }
        SyncJobs(this).keepWatch()
    }

    override suspend fun desk(): Desk = opened().also { crew.resume() }

    private suspend fun opened(): Desk = opening.withLock {
        val core = signedIn()
        desk?.takeIf { over === core } ?: open(core).also { opened ->
            desk = opened
            over = core
            now?.close()
            now = null
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
            PhoneSync(core), PhoneOutbox(core) { listOfNotNull(lastCall) }, PhoneAssistance(core, whereabouts),
            SmsSender(this), places, photos.sink,
        )
    }

    private var lastCall: String? = null

    override suspend fun register(code: String) = withContext(Dispatchers.IO) {
        CoreLibrary.check()
        opening.withLock {
            val core = FieldCore.open?.takeIf { it.ask { phone -> phone.signedIn() } != null }
            core?.let { signWhatWaits(it) }
            val next = registrar.register(code)
            if (core != null) {
                signIn(core, next)
                core.setRoad(Road.http(next.road, roots()))
                desk = null
                settle(core)
            }
        }
    }

    /** What the keys in use can still sign, they sign; nobody is asked twice. What they do not sign keeps them here. */
    private suspend fun signWhatWaits(core: FieldCore) {
        core.signAll()
        if (core.ask { it.backlog().unsigned } > 0uL) finger.during(Said.seal) { core.signAll() }
    }

    override suspend fun waitsForFormer(): Int = former.waiting(opening.withLock { signedIn() })

    override suspend fun confirmFormer() {
        val core = opening.withLock { signedIn().also { core -> former.handIn(core) { signIn(core) } } }
        finger.during(Said.sealFormer) { core.signAll() }
        opening.withLock { former.giveUp(core) }
    }

    private suspend fun settle(core: FieldCore) = former.settle(core) { signIn(core) }

    override suspend fun unlock(pin: String) {
        val core = checkNotNull(FieldCore.open)
        try {
            val person = withPin(core) ?: throw PinUnset()
            core.ask { it.unlock(person, pin, signers()) }
            opening.withLock { settle(core) }
        } catch (failed: LastmileException.Pin) {
            if (failed.code !in OF_KEYS_BEFORE) throw failed
            // The PIN is right, and stands for the keys of the registration before: from now on for these.
            signIn(core)
            core.ask { it.setPin(pin) }
            opening.withLock { settle(core) }
        }
    }

    override suspend fun choosePin(pin: String) {
        checkNotNull(FieldCore.open).ask { it.setPin(pin) }
    }

    /** The everyday key first, then the one that finalises. */
    private suspend fun signers(): List<Signer> {
        val name = registrations.now()?.keys ?: return emptyList()
        val mine = listOf(keys.signer(name, KeyUse.RECORD), keys.signer(name, KeyUse.FINALISE, finger))
        return mine.filterNotNull().map { CoreSigner(it) }
    }

    /** The person whose phone this is, if that person has a PIN. */
    private suspend fun withPin(core: FieldCore): String? {
        val whose = registrations.now()?.person
        return core.ask { it.people() }.map { it.person }.firstOrNull { whose == null || it == whose }
    }

    private suspend fun signIn(core: FieldCore, registration: Registration? = registrations.now()) {
        if (registration == null) throw NotRegistered()
        val mine = signers()
        val everyday = mine.firstOrNull() ?: throw NotRegistered()
        core.ask { it.signIn(registration.device, everyday, mine.getOrNull(1)) }
    }

    private suspend fun signedIn(): FieldCore {
        val core = FieldCore.open ?: start()
        if (core.ask { it.wiped() }) {
            // By order of the court, during a contact: what this phone still has is noise, and goes with its keys.
            crew.off()
            // Off the main thread: it waits for calls under way, and the wipe waits for the rest of them.
            withContext(Dispatchers.IO) { core.end() }
            wipe.run()
            throw NotRegistered()
        }
        if (core.ask { it.signedIn() } == null) {
            if (withPin(core) != null) throw PinWanted()
            signIn(core)
            settle(core)
        }
        return core
    }

    private suspend fun open(core: FieldCore): Desk {
        if (withPin(core) == null) throw PinUnset()
        try {
            places.start()
        } catch (_: PositionTrouble) {
            // The screens say so where it matters; a place can be written in words.
        }
        val roles = registrations.now()?.roles.orEmpty()
        return PhoneDesk(core, Route(this), PrinterTrial(this), places, { signers() }, finger, roles) { record ->
            lastCall = record
            AssistanceService.start(this, record)
        }
    }

    private suspend fun start(): FieldCore {
        if (wipe.isPending && !wipe.run()) throw KeyTrouble.Unavailable()
        val registration = registrations.now() ?: throw NotRegistered()
        val store = File(home, "phone.db")
        val key = DatabaseKey(this, keys).open(store.exists())
        return withContext(Dispatchers.IO) {
            val at = StoreAt(store.toPath(), key, installation(), registration.device)
            FieldCore.start(at, DeviceParts(DeviceClock(this@OfficerApp), whereabouts)).also { core ->
                core.setRoad(Road.http(registration.road, roots()))
            }
        }
    }

    /** Photos that a killed app or camera left behind become part of the line that was being written. */
    private suspend fun takeUp(opened: Desk) {
        for ((shot, hash) in photos.finishAll(opened)) {
            // A fingerprint belongs to whoever is in front of the phone: nobody else's signature gets it.
            if (shot.use == ShotFor.LINE) opened.keepLine(shot.record, opened.line(shot.record).copy(photo = hash))
        }
    }

    private fun installation(): ByteArray {
        val file = File(home, "installation")
        if (!file.exists()) writeDurably(file, ByteArray(16).also { SecureRandom().nextBytes(it) })
        return file.readBytes()
    }

    /** Certificates of the court's own authority, packed with the app; none means that the road is not encrypted. */
    private fun roots(): List<ByteArray> =
        assets.list("roots").orEmpty().map { name -> assets.open("roots/$name").use { it.readBytes() } }

    private val parts = object : RegisteringParts {
        override fun read(code: String) = readCode(code)
        override fun canAsk() = finger.canAsk()
        override suspend fun signer(name: String, use: KeyUse) = keys.signer(name, use, presence(use))
        override suspend fun create(name: String, use: KeyUse) = keys.create(name, use, null, presence(use))
        override suspend fun forget(name: String) {
            keys.forget(name)
        }

        override suspend fun enrol(code: String, url: String, everyday: DeviceSigner, finalising: DeviceSigner?) =
            finger.during(Words("登记定稿密钥", "Register the key that finalises")) {
                cn.lastmile.core.enrol(code, Road.http(url, roots()), CoreSigner(everyday), finalising?.let(::CoreSigner))
            }

        private fun presence(use: KeyUse) = finger.takeIf { use == KeyUse.FINALISE }
    }
}
