import FoundationEssentials
import SessionHealth

/// Disturbances of the machine: outages, suspends, clock changes, restarts, power cuts, full disks.
final class Weather {
    private unowned let world: World
    private lazy var outages = world.dice("outages")
    private lazy var suspends = world.dice("suspends")
    private lazy var jumps = world.dice("jumps")
    private lazy var restarts = world.dice("restarts")
    private lazy var power = world.dice("power")
    private lazy var disks = world.dice("disks")

    init(_ world: World) { self.world = world }

    func begin() {
        if world.climate.hasOutages { world.after(outages.between(600, 90000)) { [self] in outage() } }
        if world.climate.hasSuspends { world.after(suspends.between(600, 90000)) { [self] in suspend() } }
        if world.climate.hasClockJumps { world.after(jumps.between(600, 90000)) { [self] in jump() } }
        if world.climate.hasRestarts { world.after(restarts.between(600, 90000)) { [self] in restart() } }
        if world.climate.hasPowerCuts { world.after(power.between(600, 200_000)) { [self] in cut() } }
        if world.climate.hasFullDisks { world.after(disks.between(600, 90000)) { [self] in fill() } }
    }

    func clear() {
        world.disk.isFull = false
        world.disk.stateIsLocked = false
        world.daemon.watchFails = false
        world.service.trouble = nil
        networkIsBack()
    }

    func networkIsBack() {
        world.refreshChecks.networkReturns()
        world.daemon.tell(.networkReturned)
    }

    private func outage() {
        guard !world.isCalm else { return }
        if world.service.trouble == nil {
            let trouble = outages.one(
                of: world.climate.hasRefusals ? Service.Trouble.allCases : Service.Trouble.outages)
            let length = outages.between(30, 20000)
            guard world.strikes(.outage) else {
                return world.after(length + outages.between(3600, 90000)) { [self] in outage() }
            }
            world.note("net", "is in trouble: \(trouble)")
            world.service.trouble = trouble
            world.after(length) { [self] in outage() }
        } else {
            world.note("net", "is well")
            world.service.trouble = nil
            if outages.isBelow(0.5) { networkIsBack() }
            world.after(outages.between(3600, 90000)) { [self] in outage() }
        }
    }

    private func suspend() {
        guard !world.isCalm else { return }
        let length = suspends.between(60, 80000)
        if world.strikes(.suspend) { world.sleep(for: length) }
        world.after(suspends.between(600, 90000)) { [self] in suspend() }
    }

    private func jump() {
        guard !world.isCalm else { return }
        let step = jumps.isBelow(0.5) ? jumps.between(-10, 10) : jumps.between(-20000, 20000)
        if world.strikes(.clock) { world.setClock(by: step) }
        world.after(jumps.between(600, 200_000)) { [self] in jump() }
    }

    private func restart() {
        guard !world.isCalm else { return }
        let isAsked = restarts.isBelow(0.5)
        if world.strikes(.restart) {
            if isAsked { world.daemon.tell(.stopAsked) } else { world.daemon.die("killed at rest") }
        }
        world.after(restarts.between(600, 90000)) { [self] in restart() }
    }

    private func cut() {
        guard !world.isCalm else { return }
        let length = power.between(30, 20000)
        if world.strikes(.power) { world.cutPower(for: length) }
        world.after(power.between(600, 200_000)) { [self] in cut() }
    }

    private func fill() {
        guard !world.isCalm else { return }
        let isDisk = disks.isBelow(0.5)
        if isDisk {
            world.disk.isFull = !world.disk.isFull && world.strikes(.disk)
        } else {
            world.daemon.watchFails = !world.daemon.watchFails && world.strikes(.watch)
        }
        world.note("disk", "is full: \(world.disk.isFull), inotify fails: \(world.daemon.watchFails)")
        world.after(disks.between(600, 20000)) { [self] in fill() }
    }
}
