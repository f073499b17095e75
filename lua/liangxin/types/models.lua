---@meta liangxin.types.models
-- luacheck: ignore 212 241 431 631

-- The catalogue ------------------------------------------------------------------
-- What is known about each model and its parameters: [models/README.md](models/README.md) shows all of it.
-- The catalogue only advises; the service decides. Models that it does not list work like any other.

---@class liangxin.Models
local Models = {}

---What the catalogue says about a model.
---@class liangxin.Model
---@field id string what `model` is in a request
---@field family string for example "seedream"
---@field title string
---@field description string one sentence
---@field kind "image"|"video"
---@field task string what it does, for example "text-to-image"
---@field also? string[] what else it does
---@field example table an input
---@field trust liangxin.Trust of the id
---@field source table<string, string> the pages behind "documented" and "inferred"
---@field parameters liangxin.Parameter[] in the order of the documents
---@field combinations? table[] rules about parameters together: rule, params, trust

---How sure a fact is: stated by the service's own documents, or taken from its
---upstream or a sister model.
---@alias liangxin.Trust "documented"|"inferred"

---@class liangxin.Parameter
---@field name string
---@field type "string"|"integer"|"number"|"boolean"|"array"|"object"|"seconds"
---@field required? boolean
---@field min? number
---@field max? number
---@field min_length? integer characters
---@field max_length? integer characters
---@field min_items? integer
---@field max_items? integer
---@field item? liangxin.Parameter what a list holds
---@field fields? liangxin.Parameter[] what an object holds
---@field enum? string[]
---@field aliases? table<string, string> other spellings of the choices
---@field default? any what the service takes when nothing is given
---@field role? "text"|"image" an image is given by its URL
---@field data_uri? liangxin.Trust of an image: data: URIs are accepted, too
---@field note? string
---@field trust liangxin.Trust
---@field inferred? table<string, boolean> the facts that are inferred though the parameter is documented

---@class liangxin.Problem
---@field parameter string its path: "seed", "image_input[2]", "model", "callBackUrl"
---@field value? any what was given, shortened and without secrets
---@field allowed string
---@field message string one line
---@field suggestion? string the name that was probably meant
---@field inferred boolean the limit is an inferred one: the service may accept the value

---Every model, in the order of the service's navigation. Each call makes copies.
---@return liangxin.Model[] models
function Models.list() end

---What the catalogue says about one model.
---@param id string
---@return liangxin.Model? model a copy; nil when the catalogue does not know it
function Models.get(id) end

---Check an input without sending it. Unknown models and keys pass, unless they
---are a typing error away from a known one.
---```lua
---local ok, problems = liangxin.models.validate("nano-banana-pro", { prompt = "a pond", resolution = "8K" })
---print(problems) -- input.resolution is "8K": it must be one of "1K", "2K", "4K", ...
---```
---@param id string
---@param input table
---@param mode? boolean|"documented" "documented": leave out what is inferred; default true
---@return boolean? ok true, or nil
---@return liangxin.Problem[]? problems all of them; tostring(problems) is one line
function Models.validate(id, input, mode) end
