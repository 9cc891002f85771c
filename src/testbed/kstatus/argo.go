package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// What a health check may answer.
var healths = []string{"Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"}

// As long as Argo CD lets a health check run.
const longestCheck = time.Second

// argo runs a health check from resource.customizations.health as Argo CD does: with the object as the global obj, for a second,
// and without the libraries that only Argo CD's built-in checks are given (string and math among them). The os library that
// Argo CD opens in part is left out too.
func argo(script string) reading {
	return func(object *unstructured.Unstructured) (string, string, error) {
		// Argo CD does not ask the health check then.
		if object.GetDeletionTimestamp() != nil {
			return "Progressing", "Pending deletion", nil
		}
		machine := lua.NewState(lua.Options{SkipOpenLibs: true})
		defer machine.Close()
		for name, open := range map[string]lua.LGFunction{
			lua.LoadLibName: lua.OpenPackage, lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable,
		} {
			call := lua.P{Fn: machine.NewFunction(open), Protect: true}
			if err := machine.CallByParam(call, lua.LString(name)); err != nil {
				return "", "", err
			}
		}
		limited, cancel := context.WithTimeout(context.Background(), longestCheck)
		defer cancel()
		machine.SetContext(limited)
		machine.SetGlobal("obj", luaValue(machine, object.Object))
		if err := machine.DoString(script); err != nil {
			return "", "", err
		}
		answer, ok := machine.Get(-1).(*lua.LTable)
		if !ok {
			return "", "", fmt.Errorf("the health check gave a %s, not a table", machine.Get(-1).Type())
		}
		verdict := lua.LVAsString(answer.RawGetString("status"))
		if !slices.Contains(healths, verdict) {
			return "", "", fmt.Errorf("the health check gave the status %q", verdict)
		}
		return verdict, lua.LVAsString(answer.RawGetString("message")), nil
	}
}

func luaValue(machine *lua.LState, value any) lua.LValue {
	switch typed := value.(type) {
	case bool:
		return lua.LBool(typed)
	case int64:
		return lua.LNumber(typed)
	case float64:
		return lua.LNumber(typed)
	case string:
		return lua.LString(typed)
	case []any:
		list := machine.CreateTable(len(typed), 0)
		for _, item := range typed {
			list.Append(luaValue(machine, item))
		}
		return list
	case map[string]any:
		table := machine.CreateTable(0, len(typed))
		for key, item := range typed {
			table.RawSetString(key, luaValue(machine, item))
		}
		return table
	}
	return lua.LNil
}
