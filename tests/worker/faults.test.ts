import { startWorkerd } from "../faults/places/workerd.ts";
import { matrix, usePlace } from "../faults/suite.ts";

matrix(usePlace(startWorkerd));
