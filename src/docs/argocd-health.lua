-- Argo CD's health check of KsmPolicy and KsmNode. It gives the answer that Flux and helm --wait come to by themselves,
-- and Suspended where a policy is paused.

local function condition(kind)
  for _, candidate in ipairs(obj.status.conditions) do
    if candidate.type == kind and candidate.status == "True" then
      return candidate
    end
  end
end

local function ready()
  for _, candidate in ipairs(obj.status.conditions) do
    if candidate.type == "Ready" then
      return candidate
    end
  end
end

if obj.status == nil or obj.status.conditions == nil or ready() == nil then
  return { status = "Progressing", message = "Waiting for the first report" }
end

if obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for a report on the last change" }
end

local stalled = condition("Stalled")
if stalled ~= nil then
  return { status = "Degraded", message = stalled.message }
end

if obj.spec ~= nil and obj.spec.paused == true then
  return { status = "Suspended", message = ready().message }
end

if ready().status ~= "True" then
  return { status = "Progressing", message = ready().message }
end

-- The kernel of a node lacks what was asked for, and nothing that anybody waits for will change that.
local lacking = condition("Degraded")
if lacking ~= nil then
  return { status = "Healthy", message = ready().message .. " " .. lacking.message }
end

return { status = "Healthy", message = ready().message }
