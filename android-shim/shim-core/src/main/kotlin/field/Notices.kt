/*
 * What happens in the core, as flows. A flow listens while somebody collects it and no longer: when the collector
 * ends, so does the observer in the core; when the core is closed, the flow completes.
 */
package cn.lastmile.shim.field

import cn.lastmile.core.Change
import cn.lastmile.core.ContactState
import cn.lastmile.core.PhoneObserver
import cn.lastmile.core.UploadProgress
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.channels.ProducerScope
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate

/**
 * Changes of records, and the notice that anything may have changed. Sixteen wait for a slow collector, then the
 * oldest go: collect it to read again what is shown, never to count.
 */
fun FieldCore.changes(): Flow<Change> =
    listening<Change> { object : Hearing() {
        override fun changed(change: Change) = hear(it, change)
    } }.buffer(16, BufferOverflow.DROP_OLDEST)

/** Contacts with the court as they begin and end; a slow collector sees the newest. */
fun FieldCore.contacts(): Flow<ContactState> =
    listening<ContactState> { object : Hearing() {
        override fun contact(state: ContactState) = hear(it, state)
    } }.conflate()

/** How far an upload is; a slow collector sees the newest. */
fun FieldCore.uploads(): Flow<UploadProgress> =
    listening<UploadProgress> { object : Hearing() {
        override fun uploading(progress: UploadProgress) = hear(it, progress)
    } }.conflate()

/** Hears nothing. */
internal abstract class Hearing : PhoneObserver {
    override fun changed(change: Change) = Unit
    override fun contact(state: ContactState) = Unit
    override fun uploading(progress: UploadProgress) = Unit
}

/** The observer holds the collector's channel only, never the core: the two would keep each other alive. */
private fun <T> FieldCore.listening(observer: (ProducerScope<T>) -> PhoneObserver): Flow<T> = callbackFlow {
    val observation = now { it.observe(observer(this)) }
    val watch = ended.invokeOnCompletion { close() }
    awaitClose {
        watch.dispose()
        // Ended before it is let go: the core may be telling it something at this moment.
        observation.end()
        observation.close()
    }
}

private fun <T> hear(collector: ProducerScope<T>, said: T) {
    collector.trySend(said)
}
