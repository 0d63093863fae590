/*
 * The application itself, with a key store that fails as phones' do, against the real server: registering, PIN, 定稿
 * with a fingerprint, the next start, keys that are gone, an order to destroy everything.
 */
package cn.lastmile.officer

import android.app.job.JobScheduler
import android.hardware.biometrics.BiometricManager
import cn.lastmile.officer.host.OfficerApp
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.real.Court
import cn.lastmile.officer.real.Dialogue
import cn.lastmile.officer.real.RealDay
import cn.lastmile.officer.real.beginOnSite
import cn.lastmile.officer.real.completeOnSite
import cn.lastmile.officer.stage.Stage
import cn.lastmile.officer.stage.complaints
import cn.lastmile.shim.assistance.AssistanceService
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.sync.SyncOutcome
import cn.lastmile.shim.testkit.keystore.FakeKeystore
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowBiometricManager
import java.io.File

@RunWith(RobolectricTestRunner::class)
@Config(application = OfficerApp::class, shadows = [Dialogue::class])
class OfficerAppTest {
    @get:Rule
    val folder = TemporaryFolder()
    private val app get() = RuntimeEnvironment.getApplication() as OfficerApp
    private val keys = FakeKeystore()
    private lateinit var court: Court
    private val core get() = checkNotNull(FieldCore.open)

    @Before
    fun begin() {
        RealDay.store
        keys.install()
        Dialogue.asked.clear()
        Dialogue.refuses = false
        Dialogue.agreesTo = null
        sensor(true)
        court = RealDay.courtToday(folder.newFolder())
    }

    @After
    fun end() {
        FieldCore.open?.close()
        court.close()
        keys.close()
    }

    private fun sensor(there: Boolean) {
        val sensors = Shadow.extract<ShadowBiometricManager>(app.getSystemService(BiometricManager::class.java))
        sensors.setCanAuthenticate(there)
        sensors.setAuthenticatorType(BiometricManager.Authenticators.BIOMETRIC_STRONG)
    }

    private val Stage.isToday get() = screen.place == Place.Today && shows("联系法院")

    /** From the slip to 今日, and the first contact. */
    private fun Stage.register(code: String = court.code("luqihang")) {
        type("登记码(管理员发的登记单)", code)
        press("登记本机")
        type("口令(6至12位数字)", "135790")
        press("设置口令")
        press("联系法院")
    }

    /** The officer's keys. */
    private fun own() = keys.entries.keys.filter { ".self." in it }.sorted()

    /** As after the end of the process: only the disk and the key store are left. */
    private fun die() = core.close()

    @Test
    fun `first start, the door, two keys, PIN, today, and the second start wants the PIN alone`() {
        Stage(app).use { stage ->
            assertTrue("${stage.texts}", stage.shows("本机还没有登记"))
            stage.register()
            assertEquals(setOf("finalise", "record"), own().map { it.split('.')[1] }.toSet())
            assertEquals("both of the slip's number", 1, own().map { it.substringAfter("self.") }.toSet().size)
            assertEquals(listOf("登记定稿密钥"), Dialogue.asked.distinct())
            assertTrue("${stage.texts}", stage.isToday && stage.shows("1101号"))
            stage.picture("zh-0-registered")
            assertEquals(emptyList<String>(), complaints(stage.root))
            assertTrue(app.getSystemService(JobScheduler::class.java)!!.allPendingJobs.isNotEmpty())
            assertEquals(SyncOutcome.DONE, runBlocking { app.ports().sync.run(originals = true) })
        }
        die()
        Stage(app).use { stage ->
            assertFalse("${stage.texts}", stage.isToday)
            stage.type("办案人员口令", "000000")
            stage.press("输入口令")
            assertFalse("${stage.texts}", stage.isToday)
            stage.type("办案人员口令", "135790")
            stage.press("输入口令")
            assertTrue("${stage.texts}", stage.isToday && stage.shows("1101号"))
            stage.holdCorner()
            stage.holdCorner()
            assertEquals(AssistanceService::class.java.name, shadowOf(app).nextStartedService.component?.className)
        }
    }

    @Test
    fun `what blocks is said, a refused finger binds nothing at the court, then lock, digest, receipt`() =
        Stage(app).use { stage ->
            stage.register()
            val record = runBlocking { core.beginOnSite() }
            stage.go(Place.Act(record))
            stage.press("定稿")
            assertTrue("${stage.texts}", stage.shows("执行笔录未签名"))
            assertFalse(stage.shows("需要您的指纹"))
            runBlocking { core.completeOnSite(record) }
            stage.go(Place.Missing(record, "finalised"))
            assertTrue("${stage.texts}", stage.shows("需要您的指纹"))
            Dialogue.refuses = true
            Dialogue.asked.clear()
            stage.press("定稿")
            assertEquals(listOf("定稿"), Dialogue.asked)
            assertTrue("${stage.notice}", stage.notice.orEmpty().endsWith("还没有用指纹或人脸确认,法院收不到。"))
            stage.go(Place.Today)
            stage.press("联系法院")
            assertEquals("only a press asks", listOf("定稿"), Dialogue.asked)
            stage.go(Place.Missing(record, "finalised"))
            Dialogue.refuses = false
            stage.press("用指纹或人脸确认定稿")
            assertEquals("已定稿,已存本机", stage.notice)
            stage.go(Place.Today)
            stage.press("联系法院")
            stage.go(Place.Act(record))
            val digest = runBlocking { core.ask { it.record(record) } }.finalised.single().content
            assertTrue("${stage.texts}", stage.texts.any { it == "已定稿 ${digest.take(8)}" })
            assertTrue("${stage.texts}", stage.shows("回执已核验"))
            stage.picture("zh-9-finalised-receipted")
        }

    @Test
    fun `new fingerprints end the key that finalises, and nothing is bound`() = Stage(app).use { stage ->
        stage.register()
        val record = runBlocking { core.beginOnSite() }
        runBlocking { core.completeOnSite(record) }
        keys.entries.getValue(own().first { "finalise" in it }).invalidated = true
        stage.go(Place.Missing(record, "finalised"))
        stage.press("定稿")
        assertTrue("${stage.notice}", stage.notice.orEmpty().startsWith("本机的签名密钥已失效"))
        assertTrue(runBlocking { core.ask { it.record(record) } }.finalised.isEmpty())
        stage.picture("zh-0-key-invalidated")
    }

    @Test
    fun `the store's key gone, the screen says so and the files stay`() {
        Stage(app).use { it.register() }
        die()
        keys.entries.filterKeys { "database" in it }.values.forEach { it.invalidated = true }
        Stage(app).use { stage ->
            assertTrue("${stage.texts}", stage.shows("本机数据的密钥已失效") && stage.shows("请勿卸载应用"))
            assertTrue(File(app.noBackupFilesDir, "lastmile/phone.db").exists())
            stage.picture("zh-0-database-key-lost")
        }
    }

    @Test
    fun `registered anew with new keys, the same PIN opens it, and a used code changes nothing`() {
        val slip = court.code("luqihang")
        val record = Stage(app).use { stage ->
            stage.register(slip)
            val before = own()
            keys.entries.getValue(before.first { "finalise" in it }).invalidated = true
            val record = runBlocking { core.beginOnSite() }
            stage.go(Place.Leave)
            stage.press("重新登记本机")
            stage.picture("zh-0-anew")
            assertEquals(emptyList<String>(), complaints(stage.root))
            stage.type("登记码(管理员发的登记单)", "ABCD-EFGH")
            stage.press("登记本机")
            assertTrue("${stage.notice}", stage.notice.orEmpty().startsWith("登记码无法识别"))
            assertEquals(before, own())
            stage.type("登记码(管理员发的登记单)", court.code("luqihang"))
            stage.press("登记本机")
            assertEquals("本机已重新登记", stage.notice)
            assertTrue("$before ${own()}", own().size == 2 && own().none { it in before })
            stage.press("联系法院")
            record
        }
        die()
        Stage(app).use { stage ->
            stage.type("办案人员口令", "135790")
            stage.press("输入口令")
            assertTrue("${stage.texts}", stage.isToday && stage.shows("1101号"))
            runBlocking { core.completeOnSite(record) }
            stage.go(Place.Missing(record, "finalised"))
            stage.press("定稿")
            assertEquals("已定稿,已存本机", stage.notice)
            stage.go(Place.Today)
            stage.press("联系法院")
            stage.go(Place.Act(record))
            assertTrue("${stage.texts}", stage.shows("回执已核验"))
            // The first slip again: its keys are gone, and the court gives nothing for others.
            val now = own()
            stage.go(Place.Register)
            stage.type("登记码(管理员发的登记单)", slip)
            stage.press("登记本机")
            assertTrue("${stage.notice}", stage.notice.orEmpty().isNotBlank())
            assertTrue("$now ${own()}", own().containsAll(now))
            stage.go(Place.Today)
            assertTrue("${stage.texts}", stage.isToday)
        }
    }

    /** 定稿 of a new record with the finger refused, then registered anew, refused again; gives the record. */
    private fun Stage.registeredWithWorkWaiting(): String {
        register()
        val record = runBlocking { core.beginOnSite() }
        runBlocking { core.completeOnSite(record) }
        go(Place.Missing(record, "finalised"))
        Dialogue.refuses = true
        press("定稿")
        assertTrue("$notice", notice.orEmpty().startsWith("定稿已存本机,还没有用指纹或人脸确认"))
        Dialogue.asked.clear()
        go(Place.Register)
        Dialogue.agreesTo = "登记定稿密钥"
        type("登记码(管理员发的登记单)", court.code("luqihang"))
        press("登记本机")
        assertTrue("$notice", notice.orEmpty().startsWith("本机已重新登记。还有1项待签名"))
        assertEquals("asked once", 1, Dialogue.asked.count { it == "用指纹或人脸确认定稿" })
        return record
    }

    /** The court has [record], finalised. */
    private fun Stage.confirmed(record: String) {
        press("还有1项待签名")
        assertEquals("已用原密钥签名", notice)
        assertFalse("$texts", shows("还有1项待签名"))
        assertEquals("the keys of before went", 2, own().size)
        press("联系法院")
        go(Place.Act(record))
        assertTrue("$texts", shows("回执已核验"))
    }

    @Test
    fun `a finger refused before registering anew, the keys of before stay until it is signed`() = Stage(app).use { stage ->
        val record = stage.registeredWithWorkWaiting()
        assertEquals(4, own().size)
        stage.go(Place.Signing(record))
        assertTrue("the PIN of before leads out", runBlocking { app.desk().opens("135790") })
        runBlocking { app.session() }.signing = null
        stage.go(Place.Today)
        stage.picture("zh-1-former-keys")
        assertEquals(emptyList<String>(), complaints(stage.root))
        stage.press("还有1项待签名")
        assertEquals("refused, and nothing is lost", 4, own().size)
        Dialogue.refuses = false
        stage.confirmed(record)
    }

    @Test
    fun `the app ended meanwhile, the next start has the keys of before and asks when the person says so`() {
        val record = Stage(app).use { it.registeredWithWorkWaiting() }
        die()
        Dialogue.asked.clear()
        Stage(app).use { stage ->
            stage.type("办案人员口令", "135790")
            stage.press("输入口令")
            assertEquals("only a press asks", emptyList<String>(), Dialogue.asked.toList())
            assertEquals(4, own().size)
            Dialogue.refuses = false
            stage.confirmed(record)
        }
    }

    @Test
    fun `work for a key that is gone holds no key, and says no line that cannot be done`() = Stage(app).use { stage ->
        stage.registeredWithWorkWaiting()
        val former = own().groupBy { it.substringAfter("self.") }.values.first { all -> all.none { inForce(it) } }
        former.forEach { keys.entries.getValue(it).invalidated = true }
        stage.go(Place.Today)
        assertFalse("${stage.texts}", stage.shows("还有1项待签名"))
        runBlocking { app.confirmFormer() }
        assertEquals(2, own().size)
        assertTrue(own().all(::inForce))
    }

    private fun inForce(alias: String): Boolean {
        val now = File(app.noBackupFilesDir, "lastmile/registration.json").readText()
        return now.substringAfter("\"keys\":\"self.").substringBefore('"') == alias.substringAfter("self.")
    }

    @Test
    fun `without a sensor the everyday key alone is registered, and 定稿 says why not`() {
        sensor(false)
        Stage(app).use { stage ->
            stage.register()
            assertEquals(listOf("record"), own().map { it.split('.')[1] })
            stage.go(Place.Missing(runBlocking { core.beginOnSite() }, "finalised"))
            assertTrue("${stage.texts}", stage.shows("本机没有定稿用的密钥"))
        }
    }

    @Test
    fun `a destruction that was cut off goes on before anything else`() {
        Stage(app).use { it.register() }
        die()
        File(app.noBackupFilesDir, "lastmile.wipe").writeBytes(byteArrayOf(1))
        Stage(app).use { stage ->
            assertTrue("${stage.texts}", stage.shows("本机还没有登记"))
            assertEquals(emptySet<String>(), keys.entries.keys)
            assertFalse(File(app.noBackupFilesDir, "lastmile/phone.db").exists())
            assertFalse(File(app.noBackupFilesDir, "lastmile.wipe").exists())
        }
    }
}
