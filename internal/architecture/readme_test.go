package architecture_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
)

// TestReadme: the table of the lessons has a line for each.
func TestReadme(t *testing.T) {
	testenv.NotEmulated(t) // no guest has the page
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	folders, err := lesson.Folders(lessons.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		number, name, _ := strings.Cut(folder, "-")
		n, _ := strconv.Atoi(number)
		if line := fmt.Sprintf("\n| %d | %s |", n, name); !strings.Contains(string(page), line) {
			t.Errorf("README.md has no line of lesson %s in its table", folder)
		}
	}
}
