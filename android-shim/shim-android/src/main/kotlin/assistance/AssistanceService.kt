/*
 * Keeps a request for help going while the phone is in a pocket: a foreground service, so that the system
 * leaves it alone and the person sees how it stands. What is done when is decided by [AssistanceRun].
 */
package cn.lastmile.shim.assistance

import android.Manifest.permission.ACCESS_COARSE_LOCATION
import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.app.Notification
import android.app.NotificationManager
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import android.os.SystemClock
import cn.lastmile.shim.host.Ports
import cn.lastmile.shim.host.portsOwner
import cn.lastmile.shim.position.PositionSource
import cn.lastmile.shim.position.PositionTrouble
import cn.lastmile.shim.sync.Backlog
import cn.lastmile.shim.sync.SyncJobs
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import java.util.concurrent.ConcurrentHashMap

/** Started by [start] while the app is on the screen; one service for all open requests. */
class AssistanceService : Service() {
    private val scope by lazy { CoroutineScope(SupervisorJob() + applicationContext.portsOwner.background) }
    private val runs = ConcurrentHashMap<String, Job>()
    private val notices = ConcurrentHashMap<String, AssistanceNotice>()

    /** With [runs], under its lock: a start must not fall between the last run's end and the stop. */
    private var newestStart = 0

    override fun onBind(intent: Intent?): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        val request = intent?.getStringExtra(REQUEST)
        synchronized(runs) {
            newestStart = startId
            if (request != null && runs[request] == null) {
                notices[request] = AssistanceNotice.unknown
                val run = scope.launch(start = CoroutineStart.LAZY) { carry(request) }
                runs[request] = run
                run.start()
            }
            // Begun in time, or the system ends the app; what stands here may be overtaken at once.
            toForeground(notification())
            if (runs.isEmpty()) stopSelf(startId)
        }
        // Killed for memory, the system starts us again with the same request.
        return START_REDELIVER_INTENT
    }

    /**
     * Without leave to know the place the service runs as one that sends data, for six hours at most; one that
     * never gets to the foreground would bring the app down. Refused both, the notification still stands.
     */
    private fun toForeground(notification: Notification) {
        val types = listOf(ServiceInfo.FOREGROUND_SERVICE_TYPE_LOCATION, ServiceInfo.FOREGROUND_SERVICE_TYPE_DATA_SYNC)
        val allowed = if (mayLocate()) types else types.drop(1)
        if (allowed.none { tryForeground(notification, it) }) show(notification)
    }

    private fun mayLocate() = listOf(ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION)
        .any { checkSelfPermission(it) == PackageManager.PERMISSION_GRANTED }

    private fun tryForeground(notification: Notification, type: Int): Boolean = try {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) {
            startForeground(NOTICE_ID, notification, type)
        } else {
            startForeground(NOTICE_ID, notification)
        }
        true
    } catch (_: SecurityException) {
        false
    } catch (_: IllegalStateException) {
        false
    }

    /** The six hours are over (API 35). The request is not: jobs carry on, and the app when it is opened. */
    override fun onTimeout(startId: Int, fgsType: Int) {
        stopForeground(STOP_FOREGROUND_DETACH)
        stopSelf()
        SyncJobs(this).send(waiting)
    }

    private suspend fun carry(request: String) {
        try {
            while (!followed(request)) delay(REOPEN_MS)
        } finally {
            end(request)
        }
    }

    /** False when phone or store failed on the way: then it is begun anew, and the notification stands meanwhile. */
    private suspend fun followed(request: String): Boolean = try {
        follow(request, open())
        true
    } catch (cancelled: CancellationException) {
        throw cancelled
    } catch (_: Exception) {
        false
    }

    /** Once the last request is over the notification stays, and can be swept away. */
    private fun end(request: String) = synchronized(runs) {
        runs.remove(request)
        if (runs.isEmpty()) {
            stopForeground(STOP_FOREGROUND_DETACH)
            // Not when another start has come meanwhile.
            stopSelf(newestStart)
        } else {
            notices.remove(request)
            if (scope.isActive) show(notification())
        }
    }

    /** The phone may be locked and its store shut just after a restart; the notification stands meanwhile. */
    private suspend fun open(): Ports {
        while (true) {
            try {
                return applicationContext.portsOwner.ports()
            } catch (cancelled: CancellationException) {
                throw cancelled
            } catch (_: Exception) {
                delay(REOPEN_MS)
            }
        }
    }

    private suspend fun follow(request: String, ports: Ports) {
        val located = locate(ports.positions)
        try {
            AssistanceRun(request, ports.assistance, ports.texts, SystemClock::elapsedRealtime) {
                notices[request] = it
                show(notification())
            }.run()
        } finally {
            if (located) ports.positions.stop()
        }
    }

    /** Without a position the request goes all the same. */
    private fun locate(positions: PositionSource): Boolean = try {
        positions.start()
        true
    } catch (_: PositionTrouble) {
        false
    }

    /** Of several requests the one that needs a person most. */
    private fun notification(): Notification {
        val worst = notices.values.minByOrNull { if (it.urgent) 0 else if (!it.isOver) 1 else 2 }
        return AssistanceNotices.of(this, worst ?: AssistanceNotice.unknown)
    }

    private fun show(notification: Notification) {
        getSystemService(NotificationManager::class.java)?.notify(NOTICE_ID, notification)
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    companion object {
        internal const val REQUEST = "cn.lastmile.request"
        internal const val NOTICE_ID = 0x4c4d
        private const val REOPEN_MS = 5_000L

        /** A request with its signature. */
        private val waiting = Backlog(records = 1, recordBytes = 4_096, originalBytes = 0, urgent = true)

        /**
         * Follows [request] (the id of its record, which is saved already) to its end. From an activity
         * that is on the screen: the system lets nobody else begin. Should it refuse all the same, a job at
         * once is left, and the result is false: tell the person to call. Any thread.
         */
        fun start(context: Context, request: String): Boolean {
            SyncJobs(context).send(waiting)
            val intent = Intent(context, AssistanceService::class.java).putExtra(REQUEST, request)
            return try {
                context.startForegroundService(intent) != null
            } catch (_: IllegalStateException) {
                false
            } catch (_: SecurityException) {
                false
            }
        }
    }
}
