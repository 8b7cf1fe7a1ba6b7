package bomb

import (
	"slices"
	"sync"
	"time"
)

// Latencies are samples of the host's fork latency.
type Latencies []time.Duration

// Percentile is the smallest sample that p percent of all do not exceed.
func (l Latencies) Percentile(p int) time.Duration {
	if len(l) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(l))
	return s[min(len(s)*p/100, len(s)-1)]
}

// between is the pause between two samples.
const between = 3 * time.Millisecond

// meter takes samples until it is stopped.
type meter struct {
	mu      sync.Mutex
	samples Latencies
	forking time.Time // since when one is under way; zero where none is
	stop    chan struct{}
	stopped chan struct{}
}

func startMeter() *meter {
	m := &meter{stop: make(chan struct{}), stopped: make(chan struct{})}
	go m.run()
	return m
}

func (m *meter) run() {
	defer close(m.stopped)
	tick := time.NewTicker(between)
	defer tick.Stop()
	for {
		select {
		case <-m.stop:
			return
		case <-tick.C:
		}
		m.begin(time.Now())
		// A host that cannot fork at all waits as long as it takes.
		took, err := forkLatency()
		m.done(took, err)
	}
}

func (m *meter) begin(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forking = now
}

func (m *meter) done(took time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forking = time.Time{}
	if err == nil {
		m.samples = append(m.samples, took)
	}
}

// waiting is how long the fork under way has taken so far; 0 where none is.
func (m *meter) waiting() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.forking.IsZero() {
		return 0
	}
	return time.Since(m.forking)
}

// since gives the samples after the first n.
func (m *meter) since(n int) Latencies {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.samples[n:])
}

// end stops it and gives all samples.
func (m *meter) end() Latencies {
	close(m.stop)
	<-m.stopped
	return m.samples
}

// measure takes samples for a while.
func measure(d time.Duration) Latencies {
	m := startMeter()
	time.Sleep(d)
	return m.end()
}
