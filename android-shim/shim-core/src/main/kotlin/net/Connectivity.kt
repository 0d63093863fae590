/*
 * What the device says of its network. A hint for when to try, never a reason not to: networks in China are
 * often called unvalidated although they work, and a captive portal calls itself the internet.
 */
package cn.lastmile.shim.net

import kotlinx.coroutines.flow.StateFlow

/** The network that would be used now. */
enum class Link {
    /** None. */
    NONE,

    /** A page wants a sign-in first. */
    CAPTIVE,

    /** Counted by volume: records and small pictures go, originals wait unless somebody asks. */
    METERED,

    /** Free of charge: everything goes. */
    UNMETERED,
}

/** Follows the network. */
interface Connectivity {
    /** The present state, and every change of it. */
    val link: StateFlow<Link>
}
