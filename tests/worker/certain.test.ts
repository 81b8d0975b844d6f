import { startWorkerd } from "../faults/places/workerd.ts";
import { certain, usePlace } from "../faults/suite.ts";

certain(usePlace(startWorkerd));
