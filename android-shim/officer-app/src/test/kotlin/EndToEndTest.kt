/*
 * From a finger to a receipt: a line is written by the screen into the real encrypted store, is on this phone, goes to
 * the real server, and the screen says so word by word, never more.
 */
package cn.lastmile.officer

import cn.lastmile.core.Road
import cn.lastmile.core.Value
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.real.RealDay
import cn.lastmile.officer.stage.OpenPhone
import cn.lastmile.officer.stage.Stage
import cn.lastmile.officer.stage.TestApp
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import java.io.File

@RunWith(RobolectricTestRunner::class)
class EndToEndTest {
    @get:Rule
    val folder = TemporaryFolder()
    private val app get() = RuntimeEnvironment.getApplication() as TestApp

    @Test
    fun `a line by the screen, on this phone, then with a verified receipt`() {
        RealDay.store.copyRecursively(folder.root, overwrite = true)
        val record = RealDay.seizure
        OpenPhone(app, folder.root).use { phone ->
            Stage(app).use { stage ->
                stage.press("查封(扣押)财产清单 九江镇测试工业区1号")
                assertEquals(Place.Act(record), stage.screen.place)
                assertTrue("${stage.texts}", stage.texts.any { it.startsWith("▲ 离场前还缺") })
                stage.press("清单")
                stage.press("添加一项")
                stage.type("名称", "立式铣床")
                stage.press("查封")
                number(stage, "数量", "2")
                number(stage, "现场估值(元)", "186400")
                stage.press("存为一项")
                assertEquals("已存为一项 · 已存本机", stage.notice)
                assertTrue("${stage.texts}", stage.shows("立式铣床") && stage.shows("¥186,400.00"))
                stage.picture("zh-8-saved")

                val shown = runBlocking { phone.core.ask { it.record(record) } }
                val line = shown.collections.single { it.name == "lines" }.items.single { item ->
                    item.fields.any { field -> field.values.any { it.value == Value.Text("立式铣床") } }
                }
                val fen = line.fields.single { it.name == "field_estimate_fen" }.values.single().value
                assertEquals(Value.Number(18_640_000), fen)
                val store = File(folder.root, "P1.db").readBytes().toString(Charsets.ISO_8859_1)
                val plain = "立式铣床".toByteArray().toString(Charsets.ISO_8859_1)
                assertFalse("nothing legible lies on the disk", store.contains(plain))

                RealDay.court(folder.newFolder()).use { court ->
                    phone.core.setRoad(Road.http(court.url, emptyList()))
                    stage.go(Place.Today)
                    assertFalse(stage.shows("回执已核验"))
                    stage.press("联系法院")
                    assertTrue("${stage.texts}", stage.shows("回执已核验"))
                    assertFalse("${stage.texts}", stage.shows("同步成功"))
                    stage.picture("zh-8-receipted")
                }
            }
        }
    }

    private fun number(stage: Stage, field: String, keys: String) {
        stage.pressBelow(field)
        keys.forEach { stage.press("$it") }
        stage.press("填好了")
    }
}
