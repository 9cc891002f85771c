// Guest is one virtual machine as the kernel's page merging sees it: a process with mergeable memory. It fills the memory,
// says that it is ready, rewrites what it should, and ends at SIGTERM.
//
// With -echo it prints its other arguments and ends, for a test of kubectl exec in an image without a shell.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

const (
	mebibyte     = 1 << 20
	smallestPage = 4096
	commonSeed   = 5
	rewriteEvery = 500 * time.Millisecond

	// From the kernel's asm-generic/mman-common.h.
	madvMergeable  = 12
	madvNoHugePage = 15
)

func main() {
	common := flag.Int("common", 0, "MiB that differ from page to page and are the same in all guests")
	unique := flag.Int("unique", 0, "MiB that no other guest has")
	zero := flag.Int("zero", 0, "MiB of zeros, written and not only mapped")
	rewritten := flag.Int("rewritten", 0, "MiB that change twice a second")
	markAfter := flag.Int("mark-after-millis", 0, "from the start until the memory is there")
	fillTime := flag.Int("fill-millis", 0, "over which the memory is filled, evenly")
	hugePages := flag.Bool("huge-pages", true, "false: not backed with transparent huge pages")
	echo := flag.Bool("echo", false, "print the other arguments and end")
	flag.Parse()
	if *echo {
		fmt.Println(strings.Join(flag.Args(), " "))
		return
	}

	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-end
		os.Exit(0)
	}()
	time.Sleep(time.Duration(*markAfter) * time.Millisecond)
	memory := allocate((*common+*unique+*zero+*rewritten)*mebibyte, *hugePages)
	same := rand.New(rand.NewPCG(commonSeed, 0))
	own := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	start := time.Now()
	total := len(memory) / mebibyte
	for done := range total {
		part := memory[done*mebibyte : (done+1)*mebibyte]
		switch {
		case done < *common:
			scramble(part, same)
		case done < *common+*zero:
			clear(part)
		default:
			scramble(part, own)
		}
		due := start.Add(time.Duration(*fillTime*(done+1)/total) * time.Millisecond)
		time.Sleep(time.Until(due))
	}
	fmt.Println("ready")

	// The rewritten part is the last.
	changing := memory[len(memory)-*rewritten*mebibyte:]
	for {
		for offset := 0; offset < len(changing); offset += smallestPage {
			binary.NativeEndian.PutUint64(changing[offset:], own.Uint64())
		}
		time.Sleep(rewriteEvery)
	}
}

// allocate maps memory and marks it mergeable before anything is in it.
func allocate(size int, hugePages bool) []byte {
	if size == 0 {
		return nil
	}
	memory, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err == nil && !hugePages {
		err = syscall.Madvise(memory, madvNoHugePage)
	}
	if err == nil {
		err = syscall.Madvise(memory, madvMergeable)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%d bytes of mergeable memory: %v\n", size, err)
		os.Exit(1)
	}
	return memory
}

func scramble(part []byte, random *rand.Rand) {
	for offset := 0; offset < len(part); offset += 8 {
		binary.NativeEndian.PutUint64(part[offset:], random.Uint64())
	}
}
